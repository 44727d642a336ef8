"""CAS-ViT (arXiv 2408.03703) in plain PyTorch: same state_dict keys and same results as the authors' code.

`cas_vit("xs")` is the network as trained, `fuse(model)` its deployed form: no norms, one head.
"""

import torch
from torch import nn
from torch.nn import functional as F

DIMS = {"xs": [48, 56, 112, 220], "s": [48, 64, 128, 256], "m": [64, 96, 192, 384], "t": [96, 128, 256, 512]}
DEPTHS = {"xs": [2, 2, 4, 2], "s": [3, 3, 6, 3], "m": [3, 3, 6, 3], "t": [3, 3, 6, 3]}


def depthwise(channels):
    return nn.Conv2d(channels, channels, 3, padding=1, groups=channels)


class SpatialGate(nn.Module):
    """x * sigmoid(one value per pixel)"""

    def __init__(self, channels):
        super().__init__()
        self.block = nn.Sequential(
            depthwise(channels), nn.BatchNorm2d(channels), nn.ReLU(), nn.Conv2d(channels, 1, 1, bias=False), nn.Sigmoid()
        )

    def forward(self, x):
        return x * self.block(x)


class ChannelGate(nn.Module):
    """x * sigmoid(one value per channel)"""

    def __init__(self, channels):
        super().__init__()
        self.block = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Conv2d(channels, channels, 1, bias=False), nn.Sigmoid())

    def forward(self, x):
        return x * self.block(x)


class AdditiveMixer(nn.Module):
    """Attention without a product of queries and keys: their gated sum, mixed locally, weighs the values."""

    def __init__(self, channels):
        super().__init__()
        self.qkv = nn.Conv2d(channels, 3 * channels, 1, bias=False)
        self.oper_q = nn.Sequential(SpatialGate(channels), ChannelGate(channels))
        self.oper_k = nn.Sequential(SpatialGate(channels), ChannelGate(channels))
        self.dwc = depthwise(channels)
        self.proj = depthwise(channels)

    def forward(self, x):
        q, k, v = self.qkv(x).chunk(3, dim=1)
        return self.proj(self.dwc(self.oper_q(q) + self.oper_k(k)) * v)


class LocalPerception(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.network = nn.Sequential(
            nn.Conv2d(channels, channels, 1),
            nn.BatchNorm2d(channels),
            depthwise(channels),
            nn.GELU(),
            nn.Conv2d(channels, channels, 1),
        )

    def forward(self, x):
        return self.network(x)


class Mlp(nn.Module):
    def __init__(self, channels, hidden):
        super().__init__()
        self.fc1 = nn.Conv2d(channels, hidden, 1)
        self.fc2 = nn.Conv2d(hidden, channels, 1)

    def forward(self, x):
        return self.fc2(F.gelu(self.fc1(x)))


class Block(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.local_perception = LocalPerception(channels)
        self.norm1 = nn.BatchNorm2d(channels)
        self.attn = AdditiveMixer(channels)
        self.norm2 = nn.BatchNorm2d(channels)
        self.mlp = Mlp(channels, 4 * channels)

    def forward(self, x):
        x = x + self.local_perception(x)
        x = x + self.attn(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class Downsample(nn.Module):
    def __init__(self, channels, out):
        super().__init__()
        self.proj = nn.Conv2d(channels, out, 3, stride=2, padding=1)
        self.norm = nn.BatchNorm2d(out)

    def forward(self, x):
        return self.norm(self.proj(x))


class CasVit(nn.Module):
    """Image [n, 3, h, w] to logits [n, classes]."""

    def __init__(self, dims, depths, classes):
        super().__init__()
        self.patch_embed = nn.Sequential(
            nn.Conv2d(3, dims[0] // 2, 3, stride=2, padding=1),
            nn.BatchNorm2d(dims[0] // 2),
            nn.ReLU(),
            nn.Conv2d(dims[0] // 2, dims[0], 3, stride=2, padding=1),
            nn.BatchNorm2d(dims[0]),
            nn.ReLU(),
        )
        self.network = nn.ModuleList()
        for i, (channels, depth) in enumerate(zip(dims, depths)):
            if i > 0:
                self.network.append(Downsample(dims[i - 1], channels))
            self.network.append(nn.Sequential(*(Block(channels) for _ in range(depth))))
        self.norm = nn.BatchNorm2d(dims[-1])
        self.head = nn.Linear(dims[-1], classes)
        self.dist_head = nn.Linear(dims[-1], classes)

    def forward(self, x):
        x = self.patch_embed(x)
        for stage in self.network:
            x = stage(x)
        x = self.norm(x).flatten(2).mean(-1)
        if self.dist_head is None:  # fused
            return self.head(x)
        return (self.head(x) + self.dist_head(x)) / 2


def cas_vit(variant, classes=1000):
    return CasVit(DIMS[variant], DEPTHS[variant], classes).eval()


def scale_and_shift(norm):
    """BatchNorm in evaluation as x * scale + shift, in double."""
    scale = norm.weight.double() / (norm.running_var.double() + norm.eps).sqrt()
    return scale, norm.bias.double() - norm.running_mean.double() * scale


def replace_weights(layer, weight, bias):
    layer.weight = nn.Parameter(weight.to(layer.weight.dtype))
    layer.bias = nn.Parameter(bias.to(layer.weight.dtype))


def bias_of(layer):
    return layer.weight.new_zeros(layer.weight.shape[0]).double() if layer.bias is None else layer.bias.double()


def fold_after(layer, norm):
    """Folds a norm into the convolution before it."""
    scale, shift = scale_and_shift(norm)
    weight = layer.weight.double() * scale.reshape(-1, *[1] * (layer.weight.dim() - 1))
    replace_weights(layer, weight, bias_of(layer) * scale + shift)


def fold_before(norm, layer):
    """Folds a norm into the 1x1 convolution or linear layer after it."""
    scale, shift = scale_and_shift(norm)
    weight = layer.weight.double()
    bias = bias_of(layer) + torch.einsum("oi...,i->o", weight, shift)
    replace_weights(layer, weight * scale.reshape(1, -1, *[1] * (weight.dim() - 2)), bias)


def merge_heads(first, second):
    """Makes `first` the mean of both linear layers."""
    weight = (first.weight.double() + second.weight.double()) / 2
    replace_weights(first, weight, (first.bias.double() + second.bias.double()) / 2)


@torch.no_grad()
def fuse(model):
    """Turns `model` into its deployed form, in place: norms folded, heads merged."""
    for sequence in [m for m in model.modules() if isinstance(m, nn.Sequential)]:
        for i, layer in enumerate(sequence):
            if isinstance(layer, nn.BatchNorm2d):
                fold_after(sequence[i - 1], layer)
                sequence[i] = nn.Identity()
    for module in model.modules():
        if isinstance(module, Downsample):
            fold_after(module.proj, module.norm)
            module.norm = nn.Identity()
        elif isinstance(module, Block):
            fold_before(module.norm1, module.attn.qkv)
            fold_before(module.norm2, module.mlp.fc1)
            module.norm1 = module.norm2 = nn.Identity()
    merge_heads(model.head, model.dist_head)
    fold_before(model.norm, model.head)
    model.norm = nn.Identity()
    model.dist_head = None
    return model
