#!/usr/bin/env python3
"""Writes what openai/whisper's tokenizer makes of many texts, for WhisperTokenizerTests.

Needs `pip install openai-whisper tiktoken`; the vocabulary is the one that comes with that package.

    make_whisper_text.py whisper_text.json                 # the committed table
    make_whisper_text.py /tmp/large.json --texts 4000 --sequences 400
"""

import argparse
import json
import random
import sys
import unicodedata

from whisper.tokenizer import get_tokenizer

SENTENCES = {
    "en": "Well, I don't think they'll've said \"we're done\" - it's 3.14 (or 22/7), isn't it?",
    "de": "Über den Straßen hängt Nebel; „größer“ wird's nicht, oder?",
    "fr": "L'été dernier, où étiez-vous ? C'est à 10 €, n'est-ce pas !",
    "es": "¿Dónde está el niño? ¡Mañana será otro día…!",
    "pl": "Zażółć gęślą jaźń, proszę bardzo.",
    "cs": "Příliš žluťoučký kůň úpěl ďábelské ódy.",
    "vi": "Tiếng Việt có nhiều dấu thanh: ngã, nặng, hỏi.",
    "tr": "İstanbul'da ılık bir gün; şimdi gidiyoruz.",
    "ru": "Съешь же ещё этих мягких французских булок, да выпей чаю.",
    "uk": "Ґанок, їжак і п'ять яблук.",
    "el": "Ξεσκεπάζω την ψυχοφθόρα βδελυγμία.",
    "he": "שָׁלוֹם עוֹלָם, מה שלומך?",
    "ar": "مَرْحَبًا بِالعالَم، كيف حالك؟ ٣٤٥",
    "fa": "می‌خواهم بروم؛ خداحافظ.",
    "ur": "یہ ایک جملہ ہے۔",
    "hi": "नमस्ते दुनिया, क्या हाल है? १२३",
    "bn": "আমার সোনার বাংলা।",
    "ta": "வணக்கம் உலகம்.",
    "te": "నమస్కారం ప్రపంచం.",
    "ml": "നമസ്കാരം ലോകം.",
    "si": "ආයුබෝවන් ලෝකය.",
    "th": "สวัสดีชาวโลก วันนี้อากาศดีมาก",
    "lo": "ສະບາຍດີຊາວໂລກ",
    "km": "សួស្តី​ពិភពលោក",
    "my": "မင်္ဂလာပါကမ္ဘာလောက။",
    "bo": "བཀྲ་ཤིས་བདེ་ལེགས།",
    "ka": "გამარჯობა მსოფლიო.",
    "hy": "Բարեւ աշխարհ։",
    "am": "ሰላም ለዓለም።",
    "ko": "안녕하세요, 세계! 오늘은 날씨가 좋네요.",
    "ja": "こんにちは、世界。今日はいい天気ですね!カタカナも①②。",
    "zh": "你好,世界。今天天气很好!我们去公园吧。",
    "yue": "你好嗎?我哋去飲茶啦。",
    "mn": "Сайн байна уу, дэлхий.",
    "haw": "Aloha kākou, e ʻoluʻolu.",
    "is": "Kæmi ný öxi hér ykist þjófum nú bæði víl og ádrepa.",
}

ODDITIES = [
    "", " ", "  ", "   a", "a   ", "a  b", "\n", "\n\n\n", "a\n\nb", "\t\tx", " \t \n x ", "\r\n", "a\u00a0b", "\u00a0\u00a0 x",
    "\u2003\u2003wide", "\u3000全角", "x\u200bY", "\u200d", "\ufeffbom", "a\u2028b\u2029c", "\u0085next", "\x1c\x1d\x1e\x1f",
    "\x00\x01\x7f", "'s't're've'm'll'd", "'S'T'RE", "it's'nt", "''s", "' s", " 's", "don''t", "'", "''", "'r", "'re", "'rex", "l'",
    "!'s", "’s", "I’ve", "\u0301", "\u0301\u0302", "e\u0301", "a \u0301b", "\u0300 \u0300", "1\u0301", "क\u094d", "ﬁ ﬂ Ⅷ ½ ²", "𝟘𝟙 𝒜",
    "<|endoftext|>", " <|startoftranscript|><|en|>", "<|0.00|>Hi<|30.00|>", "<|notimestamps|", "👋🏽", "👨‍👩‍👧‍👦 family", "🏳️‍🌈🏴󠁧󠁢󠁥󠁮󠁧󠁿",
    "🇩🇪🇯🇵", "1️⃣2️⃣", "a🙂b🙂", "def f(x):\n    return x ** 2  # ok\n", "if (a&&b){c[i]+=1;}//!", "https://example.org/a?b=1&c=%20#d",
    "user@example.org", "1,234,567.89", "0x1F+1e-9", "----", "....", "?!?!", "()[]{}", "\\n\\t", "a_b-c", "MiXeD", "ÀÉÎ", "ẞß", "aaaaaaaaaaaaaaaa",
    " " * 40, "a" * 200, "ab " * 40, "\n" * 20, "é" * 30, "中" * 30, "\U0001F600" * 10, "�", "a�b", "\U0010FFFD", "\ue000", "ˈaɪ.pʰiː",
    "٠١٢", "१२", "Ⅻ", "㉑", "༳", "ªº", "ʰ", "々〇", "〡〢", "ᾈ", "ǅ", "__init__", "C++", "naïve café", "\u1680ogham", "\u180eold", "\u2060x",
]


def scalars():
    """All assigned characters."""
    return [
        chr(code)
        for code in range(0x110000)
        if not 0xD800 <= code < 0xE000 and unicodedata.category(chr(code)) not in ("Cn", "Co")
    ]


def random_texts(count, rng):
    """Texts from everywhere: stretches of one block, of all blocks, of ASCII, and pieces of the sentences glued."""
    everything = scalars()
    sentences = list(SENTENCES.values())
    blanks = [" ", "  ", "\n", "\t", "\u00a0", "\u3000", " \n ", "'", "'s", "\u0301", "", "-", "9", "\u200d"]
    for index in range(count):
        kind = index % 5
        length = rng.randint(1, 12)
        if kind == 0:
            start = rng.randrange(len(everything))
            block = everything[start : start + 200]
            yield "".join(rng.choice(block + [" "]) for _ in range(length))
        elif kind == 1:
            yield "".join(rng.choice(everything) + rng.choice(["", "", " "]) for _ in range(length))
        elif kind == 2:
            yield "".join(chr(rng.choice([10, 32, 32, 39, rng.randint(32, 126)])) for _ in range(2 * length))
        elif kind == 3:
            words = rng.choice(sentences).split()
            yield "".join(rng.choice(blanks) + rng.choice(words) for _ in range(rng.randint(1, 4)))
        else:
            sentence = rng.choice(sentences)
            start = rng.randrange(len(sentence))
            yield sentence[start : start + 3 * length]


def sequences(count, rng, tokenizers):
    """Tokens of sentences, of cuts through sentences within characters, and random ones.

    Leaves out the few of broken bytes for which openai/whisper fails or loses tokens.
    """
    languages = list(SENTENCES)
    for index in range(count):
        language = languages[index % len(languages)]
        tokenizer = tokenizers(language)
        ids = tokenizer.encoding.encode_ordinary(" " + SENTENCES[language])
        if index >= len(languages):
            kind = index % 4
            if kind == 0:
                start = rng.randrange(len(ids))
                ids = ids[start : start + rng.randint(1, 20)]
            elif kind == 1:
                ids = [rng.randrange(50256) for _ in range(rng.randint(1, 12))]
            elif kind == 2:
                ids = tokenizer.encoding.encode_ordinary(rng.choice(ODDITIES) + rng.choice(ODDITIES) + " x")
            else:
                rng.shuffle(ids)
                ids = ids[:12]
        try:
            words, tokens = tokenizer.split_to_word_tokens(ids)
        except IndexError:
            continue
        if sum(map(len, tokens)) != len(ids):
            continue
        yield {"language": language, "ids": ids, "words": words, "counts": [len(group) for group in tokens]}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("output")
    parser.add_argument("--texts", type=int, default=220, help="random texts beside the fixed ones")
    parser.add_argument("--sequences", type=int, default=90, help="token sequences for words")
    arguments = parser.parse_args()
    rng = random.Random(1)

    def tokenizer(language):
        return get_tokenizer(True, num_languages=100, language=language)

    encoding = get_tokenizer(True, num_languages=99).encoding
    texts = list(SENTENCES.values()) + ODDITIES + list(random_texts(arguments.texts, rng))
    table = {
        "texts": [{"text": text, "ids": encoding.encode_ordinary(text)} for text in texts],
        "decoded": [],
        "words": list(sequences(arguments.sequences, rng, tokenizer)),
    }
    for _ in range(max(20, arguments.texts // 5)):
        ids = [rng.randrange(256 if rng.random() < 0.7 else 50256) for _ in range(rng.randint(1, 6))]
        table["decoded"].append({"ids": ids, "text": encoding.decode(ids)})
    with open(arguments.output, "w", encoding="utf-8") as file:
        file.write(json.dumps(table, separators=(",", ":")).replace("},{", "},\n{") + "\n")
    print(f"{len(texts)} texts, {len(table['words'])} sequences", file=sys.stderr)


if __name__ == "__main__":
    main()
