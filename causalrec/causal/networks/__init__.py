"""Networks trained side by side: an ensemble is one batched product a layer."""
