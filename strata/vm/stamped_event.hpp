#pragma once
// An event with the actor that emitted it, as receipts and listeners see it. Source: docs/protocol/fvm.md §3.7.
#include <strata/vm/kernel.hpp>

namespace strata::vm {

struct StampedEvent {
    ActorId emitter = 0;
    std::vector<EventEntry> entries;
    STRATA_CBOR_TUPLE(emitter, entries);
};

}  // namespace strata::vm
