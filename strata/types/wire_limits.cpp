#include <strata/types/wire_limits.hpp>

namespace strata {

Status check_wire_address(const Address& address) {
    const auto number = address.as_id() ? address.as_id() : address.delegated_space();
    if (!number || *number <= kMaxWireId) return {};
    return fail(Errc::malformed, "address " + address.to_string() + " has the ID or namespace " +
                                     std::to_string(*number) + ", but the largest is " + std::to_string(kMaxWireId));
}

}  // namespace strata
