"""Off-policy evaluation: what another policy would earn, from the log of this one."""

from causalrec.whatif.ope.catalogue import OPE_ESTIMATORS
from causalrec.whatif.ope.value import PolicyValue, policy_change, policy_value

__all__ = ["OPE_ESTIMATORS", "PolicyValue", "policy_change", "policy_value"]
