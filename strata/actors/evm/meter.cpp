#include <strata/actors/evm/meter.hpp>

#include <strata/actors/evm/exits.hpp>
#include <strata/vm/gas.hpp>
#include <strata/vm/memory_budget.hpp>

namespace strata::actors::evm {

Done Meter::settle() {
    const std::uint64_t gas = std::exchange(pending_, 0);
    if (gas == 0) return {};
    return rt_.unwrap(rt_.kernel().gas_tracker().charge({"OnNativeEvm", vm::gas(gas), 0}), ExitCode::assertion_failed,
                      "gas");
}

std::uint64_t Meter::left() const {
    const vm::Milligas available = rt_.kernel().gas_tracker().available();
    const vm::Milligas noted = vm::gas(pending_);
    return noted < available ? (available - noted) / 1000 : 0;
}

Done Meter::charge(std::uint64_t gas) {
    pending_ = vm::saturating_add(pending_, gas);
    return settle();
}

Done Meter::allocate(std::uint64_t size, std::uint64_t added) {
    const auto wish = [&] { return "a contract asks for " + std::to_string(size) + " bytes of memory"; };
    if (size > costs::kLongestVector) return panic(wish() + ", which no vector can have");
    STRATA_OK(charge(added * costs::kByteOfMemory));
    if (size <= vm::kMaxInstanceMemory) return {};
    return trap(wish() + ", expected at most " + std::to_string(vm::kMaxInstanceMemory));
}

}  // namespace strata::actors::evm
