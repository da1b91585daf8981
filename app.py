"""The dashboard: `streamlit run app.py` (or `python3 dev.py app`)."""

import causalrec.plots  # noqa: F401 - registers the charts that results draw
from causalrec.ui.frame import route

route()
