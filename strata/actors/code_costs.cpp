#include <strata/actors/code_costs.hpp>

#include <algorithm>

namespace strata::actors {
namespace {

using enum vm::ActorType;

// Made by `strata actors gas --fit` (strata/differential/README.md says how).
constexpr CodeCost kCosts[] = {
#include <strata/actors/code_costs.inc>
};

constexpr auto kOrder = [](const CodeCost& cost) { return std::pair(cost.actor, cost.method); };
static_assert(std::ranges::is_sorted(kCosts, {}, kOrder));

}  // namespace

std::span<const CodeCost> code_costs(vm::ActorType type) {
    const auto found = std::ranges::equal_range(kCosts, type, {}, &CodeCost::actor);
    return {found.begin(), found.end()};
}

const CodeCost& cost_of(std::span<const CodeCost> costs, MethodNumber method) {
    static constexpr CodeCost kNothing;
    if (costs.empty()) return kNothing;
    const auto it = std::ranges::lower_bound(costs, method, {}, &CodeCost::method);
    return it != costs.end() && it->method == method ? *it : costs.front();
}

}  // namespace strata::actors
