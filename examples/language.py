"""Texts as vectors: alike texts, alike vectors."""

import causalrec as cr

# TF-IDF needs no model and is always there; "auto" takes a sentence encoder where one lies.
encoder = cr.text_encoder("tf-idf")
print(encoder.title)

titles = ["red running shoes", "blue running shoes", "a desk lamp", "lamp for the desk"]
vectors = encoder.encode(titles)
print(vectors.shape)

# Rows have length 1, so that products are cosines.
for title, row in zip(titles, vectors @ vectors.T, strict=True):
    print(f"{title:20}", row.round(2))
