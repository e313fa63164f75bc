#include <strata/differential/scene.hpp>

namespace strata::differential {

std::span<const Action> contract_actions() {
    return {};
}

}  // namespace strata::differential
