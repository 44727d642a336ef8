"""The networks that are compared with timm: one line per family, the smallest variant first."""

import dataclasses
import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[2]


@dataclasses.dataclass(frozen=True)
class Family:
    variants: tuple  # timm's names
    other: int = 160  # a second resolution, beside the variant's own; 0 if the network has only its own
    gain: float = 1  # of the made-up weights: such that the signal neither vanishes nor explodes
    size: int = 224  # the variants' own resolution
    transcribed: bool = False  # the reference is not timm's but the module of the family's name beside this
    resized: str = ""  # argument of timm's model for another resolution: "img_size", "dynamic_img_size" or none


# fmt: off
FAMILIES = {
    "coatnet": Family(("coatnet_0_rw_224",), resized="img_size", gain=2, other=192),
    "convnext": Family(tuple(f"convnext_{size}" for size in "atto femto pico nano tiny small base".split())),
    "crossvit": Family(("crossvit_tiny_240", "crossvit_9_240", "crossvit_15_240"), size=240, resized="img_size",
                       other=120),
    "deit": Family(("deit_tiny_patch16_224", "deit_small_patch16_224", "vit_small_patch16_224"),
                   resized="dynamic_img_size"),
    "efficientformer": Family(("efficientformer_l1", "efficientformer_l3"), other=0),
    "efficientformerv2": Family(tuple(f"efficientformerv2_{size}" for size in "s0 s1 s2".split()), resized="img_size", gain=0.9,
                                other=192),
    "efficientnet_lite": Family(tuple(f"lite{size}" for size in range(5)), other=200, gain=1.6, transcribed=True),
    "fastvit": Family(("fastvit_t8", "fastvit_t12"), size=256, other=192),
    "ghostnet": Family(("ghostnet_050", "ghostnet_100", "ghostnet_130"), gain=1.2),
    "lolvit": Family(("lolvit_s", "lolvit_m", "lolvit_x"), other=200, transcribed=True),
    "metaformer": Family(("convformer_s18", "caformer_s18")),
    "mobilenetv3": Family(("mobilenetv3_large_100",), gain=1.7),
    "mobilevit": Family(("mobilevit_xxs", "mobilevit_xs", "mobilevit_s"), size=256, other=224, gain=1.8),
    "mobilevitv2": Family(tuple(f"mobilevitv2_{width}" for width in "050 075 100 125 150 175 200".split()),
                          size=256, other=224, gain=1.4),
    "next_vit": Family(("nextvit_small", "nextvit_base", "nextvit_large")),
    "poolformer": Family(tuple(f"poolformer_{size}" for size in "s12 s24 s36 m36 m48".split())),
    "pvt_v2": Family(("pvt_v2_b0", "pvt_v2_b1", "pvt_v2_b2")),
    "repvit": Family(("repvit_m1_0",), gain=0.9),
    "resnet": Family(("resnet50",), gain=1.2),
    "saevit": Family(("saevit_s", "saevit_m"), transcribed=True),
    "swiftformer": Family(("swiftformer_xs", "swiftformer_s")),
    "swin": Family(tuple(f"swin_{size}_patch4_window7_224" for size in "tiny small base".split()),
                   resized="img_size"),
    "tnt": Family(("tnt_s_patch16_224",), resized="img_size", other=96),
}
# fmt: on

FAMILY_OF = {variant: name for name, family in FAMILIES.items() for variant in family.variants}

# Added to all scores of a query alike, so the softmax does not see them.
DEAD = ("*.k.bias", "*.wk.bias", "*.k.conv.bias", "*.k.bn.bias", "*.k.bn.running_mean")


def net(variant):
    return ROOT / "examples" / f"{FAMILY_OF[variant]}.net"


def parameters(variant, size):
    """Arguments of `fovea` that choose the variant, and the size if it is not the variant's own."""
    own = FAMILIES[FAMILY_OF[variant]].size
    return ["-p", f"variant={variant}"] + (["-p", f"size={size}"] if size != own else [])


def stored(variant, size):
    """Where timm's logits are stored."""
    suffix = "" if size == FAMILIES[FAMILY_OF[variant]].size else f"_{size}"
    return ROOT / "test/networks/data" / f"{variant}{suffix}_logits.npy"


def parse(network):
    """Variant and size of VARIANT[:SIZE]."""
    variant, _, size = network.partition(":")
    if variant not in FAMILY_OF:
        raise SystemExit(f"{variant}: not in timm_networks.py, which has {', '.join(FAMILY_OF)}")
    return variant, int(size or FAMILIES[FAMILY_OF[variant]].size)
