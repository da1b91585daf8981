"""What the name of a column says about it."""

from __future__ import annotations

import re

import numpy as np

__all__ = [
    "has_row_name",
    "is_id_name",
    "is_sequence",
    "name_score",
    "named_no_rating",
    "named_no_time",
    "plain_name",
    "restarts",
    "same_name",
]

_NAMES: dict[str, str] = {
    "user": "user uid userid visitor visitorid customer customerid cust custid member reviewer "
    "reviewerid account client person cookie device_id buyer reader viewer listener player "
    "用户 会员 顾客",
    "item": "item iid itemid product productid prod prodid sku stockcode movie movieid film "
    "article articleid artist artistid asin upc ean gtin barcode video videoid song track ad adid "
    "book isbn goods goodsid news newsid poi business action content listing 商品 物品 电影 视频",
    "time": "time timestamp date datetime ts day at created createdat unixtime unix epoch when "
    "reviewtime 时间 日期",
    "propensity": "propensity propensityscore pscore actionprob loggingprob prob probability "
    "ips 倾向 曝光概率",
    "position": "position pos rank slot place 位置 排名",
    "price": "price cost amount unitprice saleprice 价格 单价",
    "category": "category categories categoryid cat genre genres 类目 类别 品类",
    "session": "session sessionid sid visit visitid order orderid orderno ordernumber invoice "
    "invoiceno invoicenumber invoiceid receipt receiptid basket basketid cart cartid transaction "
    "transactionid transactionno ticket ticketid 会话 订单 订单号 发票",
    "exposed": "exposed exposure impression impressions shown isexposed isshown displayed 曝光",
    "event": "event eventtype events behavior behaviour behaviortype actiontype 行为 事件",
}
_KNOWN = {role: frozenset(names.replace("_", "").split()) for role, names in _NAMES.items()}
_ID_PARTS = frozenset({"id", "ids", "code", "key", "no", "nr", "num", "number", "编号", "号"})
_ROW_NAMES = re.compile(
    r"(?:unnamed\W*\d*|index|level_\d+|__index_level_\d+__|row|rows?_?(?:id|no|nr|num|number|index)"
    r"|x|#|no\.?|nr\.?|rownames?|序号|行号|)",
    re.IGNORECASE,
)
_MOSTLY = 0.75
_OTHER = {
    "no rating": "quantity quantities qty count counts num number n units unit pieces amount total "
    "sum age year month week weekday day hour minute level size version length width height "
    "weight duration distance zip postcode code id 数量 件数 年龄",
    "no time": "phone tel telephone mobile zip postcode barcode ean upc isbn gtin sku code number "
    "no nr account card hash key 电话 手机 编号",
}
_NO_RATING, _NO_TIME = (frozenset(names.split()) for names in _OTHER.values())


def plain_name(name: str) -> tuple[str, ...]:
    """The name in one word, and its parts."""
    split = re.sub(r"([a-z])([A-Z])", r"\1 \2", name).lower()
    parts = re.findall(r"[a-z]+|[\u4e00-\u9fff]+", split)
    return ("".join(parts), *parts)


def name_score(role: str, plain: tuple[str, ...]) -> int:
    """3: the whole name (without a final "id") is known; 2: its first or last part; 1: any part."""
    whole, *parts = plain
    usual = _KNOWN[role]
    if whole in usual or whole.removesuffix("id") in usual:
        return 3
    ends = [part for part in (parts[:1] + parts[-1:]) if part in usual]
    if not ends and not any(part in usual for part in parts):
        return 0
    # "user_feature_0" and "item_category" describe users and items, they are not their ids.
    if role in ("user", "item", "session") and len(parts) > 1:
        return (2 if ends else 1) if set(parts) <= usual | _ID_PARTS else 0
    return 2 if ends else 1


def is_id_name(role: str, name: str) -> bool:
    """Whether a column of a table of items or users is called like its ids."""
    plain = plain_name(name)
    return plain[0] in _ID_PARTS or name_score(role, plain) >= 2


def same_name(first: str, second: str) -> bool:
    """Whether two names differ in capitals, blanks and signs only."""
    return re.sub(r"[\W_]+", "", first.lower()) == re.sub(r"[\W_]+", "", second.lower()) != ""


def has_row_name(name: str) -> bool:
    """Whether a column is called as row numbers are."""
    return _ROW_NAMES.fullmatch(name.strip()) is not None


def is_sequence(numbers: np.ndarray) -> bool:
    """Whether numbers (n,) go up by equal steps from 0 or 1, but for a few gaps (a sample)."""
    if len(numbers) < 3 or numbers[0] not in (0.0, 1.0):
        return False
    steps = np.diff(numbers)
    usual = float(np.median(steps))
    return usual > 0 and bool((steps > 0).all()) and float((steps == usual).mean()) > 0.99


def restarts(numbers: np.ndarray) -> bool:
    """Whether numbers (n,) go up and begin anew now and then, as in exports one below the other."""
    steps = np.diff(numbers)
    up = float((steps > 0).mean()) if len(steps) else 0.0
    return up >= _MOSTLY and not bool((steps == 0).any())


def named_no_rating(name: str) -> bool:
    """Whether a name tells of amounts and descriptions, which rate nothing."""
    return any(part in _NO_RATING for part in plain_name(name))


def named_no_time(name: str) -> bool:
    """Whether a name tells of ids and numbers that are no times, whatever their size."""
    whole, *parts = plain_name(name)
    ids = any(name_score(role, (whole, *parts)) >= 2 for role in ("user", "item", "session"))
    return ids or "id" in parts or whole.endswith("id") or any(part in _NO_TIME for part in parts)
