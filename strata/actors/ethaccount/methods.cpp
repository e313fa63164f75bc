// Ethereum accounts have no methods of their own, and their state is the empty array. Source: docs/protocol/fvm.md
// §8.2.
#include <strata/actors/methods.hpp>

namespace strata::actors::ethaccount {
namespace {

Done constructor(Runtime& rt) {
    STRATA_OK(rt.require_caller({kSystemId}));
    STRATA_TRY(const auto address, rt.unwrap(rt.kernel().lookup_delegated_address(rt.receiver()),
                                             ExitCode::illegal_argument, "delegated address"));
    if (!address || address->delegated_space() != kEamId)
        return illegal_argument("the Ethereum account f0" + std::to_string(rt.receiver()) +
                                " has no delegated address of the Ethereum address manager");
    return {};
}

constexpr Method kMethods[] = {method<&constructor>(1)};

}  // namespace

std::span<const Method> methods() {
    return kMethods;
}

}  // namespace strata::actors::ethaccount
