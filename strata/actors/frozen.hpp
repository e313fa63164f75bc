#pragma once
// The methods of datacap and of the verified registry that version 19 of the actors refuses. Their parameters must
// still be right. Source: FIP-0118 §1; builtin-actors #1778, actors/{datacap,verifreg}/src/lib.rs.
#include <strata/actors/runtime.hpp>

namespace strata::actors {

inline Abort no_datacap() {
    return forbidden("since network version 29 there is no datacap, so nothing about it can change (FIP-0118)");
}

/// Refuses every caller.
template <class Params>
Done frozen(Runtime& rt, const Params&) {
    STRATA_OK(rt.accept_any());
    return no_datacap();
}

}  // namespace strata::actors
