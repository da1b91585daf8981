# ruff: noqa: E501 - a Chinese character counts as two columns
"""Titles of the sample shop's items, in English and Chinese, put together from word lists."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from causalrec.core.seeds import generator

__all__ = ["CATEGORIES", "titles"]


@dataclass(frozen=True)
class _Words:
    """One category: pairs ``English/Chinese`` of a make, a thing and a variant."""

    zh: str
    makes: str
    things: str
    variants: str


_SHELF = {
    "Kitchen": _Words(
        "厨房",
        "Cast-iron/铸铁 Oak/橡木 Copper/铜制 Enamel/搪瓷 Stoneware/粗陶 Bamboo/竹制 Steel/不锈钢 "
        "Glass/玻璃 Granite/麦饭石 Porcelain/骨瓷",
        "skillet/煎锅 teapot/茶壶 chopping_board/砧板 mixing_bowl/搅拌碗 saucepan/小汤锅 "
        "baking_dish/烤盘 spice_rack/调料架 colander/沥水篮 coffee_dripper/咖啡滤杯 serving_tray/托盘",
        "small/小号 large/大号 family_size/家庭装 with_lid/带盖 matt_black/哑光黑 cream_white/奶白 "
        "set_of_two/两件套 gift_boxed/礼盒装 stackable/可叠放 deep/加深款 travel_size/便携款 two-tone/撞色",
    ),
    "Home": _Words(
        "家居",
        "Linen/亚麻 Wool/羊毛 Rattan/藤编 Walnut/胡桃木 Velvet/丝绒 Ceramic/陶瓷 Cotton/纯棉 "
        "Marble/大理石 Paper/纸艺 Brass/黄铜",
        "cushion/靠垫 table_lamp/台灯 throw_blanket/盖毯 side_table/边几 vase/花瓶 wall_clock/挂钟 "
        "storage_basket/收纳篮 photo_frame/相框 curtain/窗帘 candle_holder/烛台",
        "in_sage_green/鼠尾草绿 in_sand/沙色 in_charcoal/炭灰 in_rust_red/铁锈红 in_navy/藏青 "
        "in_ivory/象牙白 in_mustard/芥末黄 in_sky_blue/天蓝 round/圆形 square/方形 tall/高款 low/矮款",
    ),
    "Outdoor": _Words(
        "户外",
        "Ultralight/超轻 Waterproof/防水 Insulated/保温 Folding/折叠 Rugged/耐磨 Windproof/防风 "
        "Solar/太阳能 Inflatable/充气 Breathable/透气 Compact/便携",
        "tent/帐篷 sleeping_bag/睡袋 backpack/背包 camping_stove/露营炉 lantern/营灯 flask/水壶 "
        "hammock/吊床 trekking_poles/登山杖 camp_chair/露营椅 rain_cape/雨披",
        "for_one/单人款 for_two/双人款 for_four/四人款 in_forest_green/森林绿 in_orange/橙色 "
        "in_slate/岩灰 three-season/三季款 winter/冬季款 summer/夏季款 kids'/儿童款 pro/专业版 starter/入门款",
    ),
    "Sports": _Words(
        "运动",
        "Cork/软木 Carbon/碳纤维 Rubber/橡胶 Weighted/负重 Adjustable/可调节 Non-slip/防滑 "
        "Padded/加厚 Mesh/网面 Foam/泡沫 Reflective/反光",
        "yoga_mat/瑜伽垫 dumbbell/哑铃 skipping_rope/跳绳 tennis_racket/网球拍 running_vest/跑步背心 "
        "resistance_band/弹力带 kettlebell/壶铃 football/足球 swim_goggles/泳镜 cycling_gloves/骑行手套",
        "light/轻量款 medium/中量款 heavy/重量款 in_teal/青色 in_coral/珊瑚色 in_black/黑色 "
        "set_of_three/三件套 junior/青少年款 studio/工作室款 race/竞速款 training/训练款 classic/经典款",
    ),
    "Toys": _Words(
        "玩具",
        "Wooden/木制 Magnetic/磁力 Plush/毛绒 Musical/音乐 Wind-up/发条 Glow-in-the-dark/夜光 "
        "Painted/彩绘 Knitted/针织 Floating/漂浮 Giant/巨型",
        "building_blocks/积木 puzzle/拼图 train_set/小火车 dinosaur/恐龙 dolls'_house/娃娃屋 kite/风筝 "
        "marble_run/弹珠轨道 memory_game/记忆游戏 rocket/火箭 robot/机器人",
        "ages_2+/2岁以上 ages_4+/4岁以上 ages_6+/6岁以上 ages_8+/8岁以上 24_pieces/24件 48_pieces/48件 "
        "100_pieces/100件 jungle_theme/丛林主题 ocean_theme/海洋主题 space_theme/太空主题 "
        "farm_theme/农场主题 castle_theme/城堡主题",
    ),
    "Books": _Words(
        "图书",
        "A_Short_History_of/简史: The_Joy_of/之乐: Letters_on/书简: The_Atlas_of/图鉴: "
        "A_Beginner's_Guide_to/入门: The_Secret_Life_of/的秘密: Field_Notes_on/手记: "
        "The_Philosophy_of/哲学: Stories_of/故事集: The_Art_of/的艺术:",
        "Gardens/花园 Rivers/河流 Bread/面包 Lighthouses/灯塔 Tea/茶 Maps/地图 Clouds/云 "
        "Bridges/桥梁 Night_Trains/夜行列车 Small_Towns/小镇",
        "paperback/平装 hardback/精装 illustrated/插图版 pocket_edition/口袋本 annotated/注释本 "
        "second_edition/第二版 large_print/大字版 boxed_set/套装 bilingual/双语版 audio_edition/有声版 "
        "anniversary_edition/纪念版 students'_edition/学生版",
    ),
    "Beauty": _Words(
        "美妆",
        "Rose/玫瑰 Green_tea/绿茶 Aloe/芦荟 Shea/乳木果 Camellia/山茶花 Honey/蜂蜜 Rice/米萃 "
        "Lavender/薰衣草 Citrus/柑橘 Oat/燕麦",
        "hand_cream/护手霜 face_mask/面膜 shampoo/洗发水 body_oil/身体油 lip_balm/润唇膏 "
        "cleanser/洁面乳 toner/化妆水 bath_salts/浴盐 sunscreen/防晒霜 night_serum/晚间精华",
        "30_ml/30毫升 50_ml/50毫升 100_ml/100毫升 200_ml/200毫升 refill/替换装 travel_kit/旅行装 "
        "unscented/无香型 for_dry_skin/干性肌适用 for_sensitive_skin/敏感肌适用 duo/两支装 "
        "rich/滋润型 fresh/清爽型",
    ),
    "Electronics": _Words(
        "数码",
        "Wireless/无线 Noise-cancelling/降噪 Fast-charging/快充 Smart/智能 Portable/便携 "
        "Mechanical/机械 Curved/曲面 Dual-band/双频 Bluetooth/蓝牙 USB-C/USB-C",
        "headphones/耳机 keyboard/键盘 speaker/音箱 power_bank/充电宝 desk_light/护眼灯 webcam/摄像头 "
        "mouse/鼠标 e-reader/电子书阅读器 weather_station/气象站 doorbell/门铃",
        "in_white/白色 in_graphite/石墨色 in_silver/银色 in_midnight_blue/午夜蓝 mini/迷你版 plus/加强版 "
        "second_generation/第二代 third_generation/第三代 for_travel/旅行款 for_the_desk/桌面款 "
        "with_case/带收纳盒 with_stand/带支架",
    ),
    "Fashion": _Words(
        "服饰",
        "Merino/美利奴 Denim/牛仔 Silk/真丝 Corduroy/灯芯绒 Cashmere/羊绒 Leather/皮革 "
        "Jersey/平纹 Tweed/粗花呢 Quilted/绗缝 Hemp/麻",
        "jacket/夹克 scarf/围巾 shirt/衬衫 tote_bag/手提包 cardigan/开衫 belt/腰带 beanie/毛线帽 "
        "trousers/长裤 gloves/手套 dress/连衣裙",
        "slim/修身款 relaxed/宽松款 cropped/短款 long/长款 in_camel/驼色 in_olive/橄榄绿 "
        "in_burgundy/酒红 in_black/黑色 striped/条纹 checked/格纹 plain/素色 reversible/双面款",
    ),
    "Garden": _Words(
        "园艺",
        "Terracotta/赤陶 Galvanised/镀锌 Cedar/雪松木 Recycled/再生 Hanging/悬挂式 Self-watering/自动浇水 "
        "Woven/编织 Raised/高脚 Wall-mounted/壁挂 Glazed/釉面",
        "planter/花盆 watering_can/洒水壶 herb_box/香草箱 bird_feeder/喂鸟器 trellis/花架 "
        "seed_tray/育苗盘 compost_bin/堆肥桶 garden_bench/花园长椅 hose_reel/水管架 lantern_stake/草坪灯",
        "10_cm/10厘米 20_cm/20厘米 30_cm/30厘米 for_balconies/阳台款 for_herbs/香草款 for_tomatoes/番茄款 "
        "pack_of_three/三只装 pack_of_six/六只装 weathered/做旧款 in_moss/苔绿 in_stone/石色 in_white/白色",
    ),
}

CATEGORIES: tuple[str, ...] = tuple(_SHELF)
"""Names of the categories, in the order of their codes."""

CATEGORIES_ZH: tuple[str, ...] = tuple(words.zh for words in _SHELF.values())
"""The same names in Chinese."""


def _pairs(text: str) -> list[tuple[str, str]]:
    halves = (entry.partition("/") for entry in text.split())
    return [(en.replace("_", " "), zh) for en, _, zh in halves]


def _title(words: _Words, code: int) -> tuple[str, str]:
    makes, things, variants = _pairs(words.makes), _pairs(words.things), _pairs(words.variants)
    code, thing = divmod(code, len(things))
    code, make = divmod(code, len(makes))
    series, variant = divmod(code, len(variants))
    (make_en, make_zh), (thing_en, thing_zh), (kind_en, kind_zh) = (
        makes[make],
        things[thing],
        variants[variant],
    )
    suffix_en, suffix_zh = (
        (f", series {series + 1}", f"，第{series + 1}系列") if series else ("", "")
    )
    book = make_zh.endswith(":")
    name_zh = f"《{thing_zh}{make_zh[:-1]}》" if book else make_zh + thing_zh
    return (
        f"{make_en} {thing_en}, {kind_en}{suffix_en}",
        f"{name_zh}（{kind_zh}{suffix_zh}）",
    )


def titles(category: np.ndarray, seed: int) -> tuple[list[str], list[str]]:
    """A different title for each item.

    Args:
        category: category codes, int (n_items,).
        seed: the shop's seed.

    Returns:
        English and Chinese titles, n_items each.
    """
    english, chinese = [""] * len(category), [""] * len(category)
    for code, words in enumerate(_SHELF.values()):
        mine = np.flatnonzero(category == code)
        room = 10 * 10 * 12
        order = generator(seed, "shop", "titles", code).permutation(room)
        for place, item in enumerate(mine):
            series, at = divmod(place, room)
            english[item], chinese[item] = _title(words, int(order[at]) + series * room)
    return english, chinese
