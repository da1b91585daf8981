"""Encodings are told by the whole file; what is unsure is said."""

import pytest

from causalrec.data.reading.files import import_file
from causalrec.data.text.read_options import ReadOptions

TITLES = {
    "cp1251": "Белое солнце пустыни|Иван Васильевич меняет профессию|Летят журавли|Зеркало",
    "koi8_r": "Белое солнце пустыни|Иван Васильевич меняет профессию|Летят журавли|Сталкер",
    "cp1250": "Krótki film o miłości|Nóż w wodzie|Człowiek z żelaza|Pociąg",
    "cp1252": "Les Choristes à l’école|Schöne Mädchen|El niño pequeño|Où est la forêt",
    "cp1253": "Το λιβάδι που δακρύζει|Ο θίασος|Αναπαράσταση|Στέλλα",
    "shift_jis": "東京物語|おくりびと|万引き家族|天空の城ラピュタ",
    "euc_jp": "東京物語|おくりびと|万引き家族|天空の城ラピュタ",
    "euc_kr": "밀양|부산행|건축학개론|엽기적인 그녀",
    "big5": "不能說的秘密|那些年，我們一起追的女孩|牯嶺街少年殺人事件|艋舺",
    "gb18030": "无间道风云|活着|红高粱|疯狂的石头",
}


def read(path, **options):
    return import_file(path, path.parent / "out.parquet", ReadOptions.make(options))


def written(tmp_path, content):
    path = tmp_path / "log.csv"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("encoding", TITLES)
def test_titles_survive(tmp_path, encoding):
    titles = TITLES[encoding].split("|")
    rows = [f"{n % 30};{titles[n % 4]};{n}" for n in range(200)]
    content = "\n".join(["user_id;title;time", *rows]).encode(encoding)
    table = read(written(tmp_path, content))
    assert table.encoding == encoding
    assert table.to_frame()["title"].tolist()[:4] == titles
    assert table.encoding_sure in ("likely", "unsure")
    assert table.notes[0].key == f"data.note_encoding_{table.encoding_sure}"
    assert encoding not in table.encodings


def test_few_signs_are_said_to_be_unsure_and_can_be_named(tmp_path):
    path = written(tmp_path, "user,item\n1,Łódź\n2,Paris\n".encode("cp1250"))
    table = read(path)
    assert table.encoding_sure == "unsure"
    assert read(path, encoding="cp1250").to_frame()["item"].tolist() == ["Łódź", "Paris"]


def test_utf8_that_breaks_late_stays_utf8_and_merges_nothing(tmp_path):
    lines = ["user,item,n"] + [f"{n},größe {n % 5},1" for n in range(5_000)]
    late = ["7,café,2".encode("cp1252"), "8,cafè,2".encode("cp1252")]
    table = read(written(tmp_path, b"\n".join([*(line.encode() for line in lines), *late])))
    assert table.encoding == "utf-8"
    assert table.to_frame()["item"].tolist()[-2:] == ["café", "cafè"]
    assert table.to_frame()["item"].iloc[0] == "größe 0"
    assert (table.notes[0].key, table.notes[0].values["n"]) == (
        "data.note_encoding_mixed",
        2,
    )


def test_signs_beyond_ascii_met_late(tmp_path):
    lines = (
        ["user,item"] + [f"{n},plain {n % 5}" for n in range(100_000)] + ["1,Würstchen für alle"]
    )
    table = read(written(tmp_path, "\n".join(lines).encode("cp1252")))
    assert table.to_frame()["item"].iloc[-1] == "Würstchen für alle"


def test_what_cannot_be_read_is_counted(tmp_path):
    path = written(tmp_path, b"user,item\n1,caf\xe9\n2,caf\xe8\n")
    table = read(path, encoding="utf-8")
    assert (table.notes[0].key, table.notes[0].values["n"]) == ("data.note_lost", 2)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-32"])
def test_wide_encodings(tmp_path, encoding):
    content = "user,item\n1,größe\n2,手机\n".encode(encoding)
    assert read(written(tmp_path, content)).to_frame()["item"].tolist() == ["größe", "手机"]
    unmarked = "user,item\n1,a\n2,b\n".encode("utf-16-le")
    assert read(written(tmp_path, unmarked), encoding="utf-16").rows == 2


def test_a_long_line_without_such_signs_is_passed_over(tmp_path):
    """Its length counts once, not squared."""
    content = f"user,item\n1,{'z' * 400_000}\n2,café au lait\n".encode("cp1252")
    assert read(written(tmp_path, content)).to_frame()["item"].iloc[1] == "café au lait"


LATIN = {
    ("cp1250", "pl"): "Krótki film o miłości|Człowiek z żelaza|Pociąg|Źródło|Życie jako choroba",
    ("iso8859_2", "pl"): "Krótki film o miłości|Człowiek z żelaza|Pociąg|Źródło|Życie jako choroba",
    ("cp1250", "cs"): "Ostře sledované vlaky|Hoří, má panenko|Pelíšky|Kráska v nesnázích|Želary",
    ("iso8859_2", "cs"): "Ostře sledované vlaky|Hoří, má panenko|Pelíšky|Kráska v nesnázích",
    ("cp1250", "hu"): "Az ötödik pecsét|Őszintén a szerelemről|Egészséges|Macskajáték tűz",
    ("cp1252", "pt"): "Não por acaso|Ação entre amigos|Irmãos|Coração|Três",
    ("cp1252", "fr"): "Les Choristes à l'école|Où est la forêt|La règle du jeu|Ça commence",
    ("cp1254", "tr"): "Kış Uykusu|Üç Maymun|Eşkıya|Gönül Yarası|Ağır Roman",
}


@pytest.mark.parametrize(("encoding", "language"), LATIN)
def test_letters_of_a_language_tell_latin_encodings_apart(tmp_path, encoding, language):
    titles = LATIN[encoding, language].split("|")
    rows = [f"{n};{title}" for n, title in enumerate(titles * 4)]
    table = read(written(tmp_path, "\n".join(["user;title", *rows]).encode(encoding)))
    assert table.to_frame()["title"].tolist()[: len(titles)] == titles


def test_where_letters_tell_nothing_both_readings_are_shown_and_the_answer_is_kept(tmp_path):
    rows = [f"{n},{title}" for n, title in enumerate(["café", "crème", "père"] * 8)]
    path = written(tmp_path, "\n".join(["user,title", *rows]).encode("cp1252"))
    table = read(path)
    assert (table.encoding, table.encoding_sure) == ("cp1252", "unsure")
    assert table.readings["cp1252"].tolist()[0] == "crème"
    assert table.readings["cp1250"].tolist()[0] == "crčme"
    assert [note.key for note in table.notes] == [
        "data.note_encoding_unsure",
        "data.note_encoding_readings",
    ]
    assert "crčme" in table.notes[1]
    chosen = read(path, encoding="cp1250")
    assert (chosen.encoding, chosen.notes, chosen.readings) == ("cp1250", (), None)
    assert chosen.to_frame()["title"].tolist()[1] == "crčme"


def test_letters_that_every_reading_shares_ask_nothing(tmp_path):
    rows = [f"{n},{title}" for n, title in enumerate(["Schöne Mädchen", "Die Brücke"] * 9)]
    table = read(written(tmp_path, "\n".join(["user,title", *rows]).encode("cp1252")))
    assert (table.encoding_sure, table.readings) == ("likely", None)
