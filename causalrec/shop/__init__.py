"""The sample shop: a made-up world that can prove itself."""
