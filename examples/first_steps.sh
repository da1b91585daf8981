python -m causalrec shop --users 1000 --items 100 --impressions 50000
python -m causalrec train --dataset shop --model ease
python -m causalrec estimate --dataset shop --treatment promotion --outcome purchase --covariates activity --covariates past_spend
