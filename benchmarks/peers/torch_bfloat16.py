"""A plain PyTorch loop: the tutorial's network with batch normalisation, bfloat16, channels last.

Batches of 128 out of memory, no augmentation, Adam; on a GPU where PyTorch has one. Needs
`pip install torch`. A number after its name is that of the images to measure with.
"""

import sys
import time

from inkdigits.arrays import scale
from inkdigits.datasets.mnist import load_mnist
from inkdigits.workflows.contest import stay_away, take_part

BATCH = 128
IMAGES = int(sys.argv[1]) if sys.argv[1:] else 10_000


def main() -> None:
    try:
        import torch
    except ImportError as error:
        stay_away(f"{error}; pip install torch")
        return
    nn = torch.nn
    torch.manual_seed(0)
    train = load_mnist().train.take(slice(IMAGES))
    images = torch.from_numpy(scale(train.images)).permute(0, 3, 1, 2)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    images = images.contiguous(memory_format=torch.channels_last).to(device)
    labels = torch.from_numpy(train.labels).long().to(device)
    model = nn.Sequential(
        *(nn.Conv2d(1, 32, 3), nn.BatchNorm2d(32), nn.ReLU()),
        *(nn.Conv2d(32, 32, 3), nn.BatchNorm2d(32), nn.ReLU(), nn.MaxPool2d(2)),
        nn.BatchNorm2d(32),
        *(nn.Conv2d(32, 64, 3), nn.BatchNorm2d(64), nn.ReLU()),
        *(nn.Conv2d(64, 64, 3), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Flatten(), nn.BatchNorm1d(1024)),
        *(nn.Linear(1024, 512), nn.BatchNorm1d(512), nn.ReLU(), nn.Dropout(0.2)),
        nn.Linear(512, 10),
    ).to(device, memory_format=torch.channels_last)
    optimizer = torch.optim.Adam(model.parameters(), fused=True)

    def learn(steps: int) -> None:
        order = torch.randperm(IMAGES, device=device)
        for step in range(steps):
            chosen = order[step * BATCH : (step + 1) * BATCH]
            with torch.autocast(device, dtype=torch.bfloat16):
                scores = model(images[chosen])
            loss = nn.functional.cross_entropy(scores.float(), labels[chosen])
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
        loss.item()  # waits for the device

    learn(4)

    def measure() -> float:
        steps = IMAGES // BATCH
        started = time.perf_counter()
        learn(steps)
        return steps * BATCH / (time.perf_counter() - started)

    take_part(measure)


if __name__ == "__main__":
    main()
