#pragma once
#include <strata/ipld/cbor.hpp>

namespace strata::actors::system {

struct State {
    Cid builtin_actors;  // the manifest data block: [[name, code]...]
    STRATA_CBOR_TUPLE(builtin_actors);
};

}  // namespace strata::actors::system
