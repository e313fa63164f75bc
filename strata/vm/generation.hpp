#pragma once
// The lines of the reference VM. Each serves a range of network versions and has rules of its own. Source:
// docs/protocol/fvm.md §1.1 and §9.
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

/// Whether blocks are searched for links and an actor reaches only the blocks that it has seen.
constexpr bool tracks_links(Generation generation) {
    return generation == Generation::four;
}

}  // namespace strata::vm
