#pragma once
#include <strata/types/basic.hpp>

namespace strata::actors::cron {

inline constexpr MethodNumber kEpochTick = 2;

struct Entry {
    Address receiver;
    MethodNumber method = 0;
    STRATA_CBOR_TUPLE(receiver, method);
};
struct State {
    std::vector<Entry> entries;
    STRATA_CBOR_TUPLE(entries);
};

}  // namespace strata::actors::cron
