"""Ids that cannot be traced back without a key."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import replace
from typing import ClassVar

import pandas as pd

from causalrec.core.errors import DataError
from causalrec.core.params import param
from causalrec.core.words import Text
from causalrec.data.dataset.attribute_tables import joined
from causalrec.data.steps.draft import Draft
from causalrec.data.steps.step import Step
from causalrec.data.values.ids import encode_ids

__all__ = ["Pseudonymise"]


class Pseudonymise(Step):
    """User ids become the first 16 hex digits of HMAC-SHA-256 (RFC 2104) under a key.

    The key stays in the workspace's folder, so rows appended later get the same pseudonyms.
    """

    name: ClassVar[str] = "pseudonymise"
    source: ClassVar[str] = "Krawczyk, Bellare, Canetti (1997), RFC 2104"
    changes: ClassVar[tuple[str, ...]] = ("values",)
    needs: ClassVar[tuple[str, ...]] = ("user",)
    hides: ClassVar[bool] = True
    sessions: bool = param(True, help="data.step_pseudonymise_sessions")

    def apply(self, draft: Draft) -> tuple[Draft, Text]:
        user = draft.mapping.user
        assert user is not None
        if not draft.key:
            raise DataError("data.no_key", hint="data.no_key_hint")
        _, ids = draft.ids(user)
        changed = {user: self._hashed(draft, draft.frame[user])}
        session = draft.mapping.session
        if self.sessions and session is not None:
            changed[session] = self._hashed(draft, draft.frame[session])
        users = draft.users
        if users is not None:
            column = joined(users, ids, "user", user).column
            users = users.rename(columns=str)
            users = users.assign(**{column: self._hashed(draft, users[column])})
        done = replace(draft.with_columns(**changed), users=users)
        return done, Text("data.effect_pseudonyms", n=len(ids))

    def _hashed(self, draft: Draft, values: pd.Series) -> pd.Series:
        codes, ids = encode_ids(values, draft.mapping.missing)
        names = [hmac.new(draft.key, str(i).encode(), hashlib.sha256).hexdigest()[:16] for i in ids]
        return pd.Series([*names, None], dtype="str").iloc[codes].reset_index(drop=True)
