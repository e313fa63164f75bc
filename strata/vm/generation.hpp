#pragma once
// The lines of the reference VM. Each serves a range of network versions and has rules of its own. Source:
// docs/protocol/fvm.md §1.1 and §9.
#include <strata/ipld/cid.hpp>
#include <strata/types/basic.hpp>

namespace strata::vm {

enum class Generation : std::uint8_t {
    two = 2,    // network versions 16 and 17
    three = 3,  // 18 to 20
    four = 4,   // from 21 on
};

constexpr Generation generation_of(NetworkVersion version) {
    if (version >= 21) return Generation::four;
    return version >= 18 ? Generation::three : Generation::two;
}

/// The first network version that the VM runs.
inline constexpr NetworkVersion kFirstNetworkVersion = 16;

/// Returns the version of the built-in actors that a network version runs (docs/protocol/fvm.md §1.1).
constexpr unsigned actors_version_of(NetworkVersion version) {
    // Two network versions brought rules without new actors: 20 the end of a grace period, 26 likewise.
    return version - 8 - (version >= 20 ? 1 : 0) - (version >= 26 ? 1 : 0);
}

/// Whether blocks are searched for links and an actor reaches only the blocks that it has seen.
constexpr bool tracks_links(Generation generation) {
    return generation == Generation::four;
}

/// Returns the codec of the parameters of a message, and of the constructor that a send calls.
constexpr Codec params_codec(Generation generation, MethodNumber method) {
    if (generation == Generation::two) return Codec::dag_cbor;
    return method == 0 ? Codec::raw : Codec::cbor;
}

/// Whether there are addresses of protocol 4, placeholders and Ethereum accounts.
constexpr bool has_delegated_addresses(Generation generation) {
    return generation != Generation::two;
}

}  // namespace strata::vm
