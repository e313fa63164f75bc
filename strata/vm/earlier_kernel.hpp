#pragma once
// Defines what actors could ask for in generations 2 and 3 only, beside the kernel's functions (vm/kernel.hpp). Native
// actors run in no such generation: the WASM engine's host functions call this. Sources: fvm@v2.12.2 and fvm@v3.14.2
// fvm/src/kernel/default.rs.
#include <strata/vm/kernel.hpp>

namespace strata::vm {

class EarlierKernel {
  public:
    virtual ~EarlierKernel() = default;
    /// Deletes the actor and gives what it holds to `beneficiary`. Errors: read_only; not_found if nobody has that
    /// address; forbidden if it is the actor itself.
    virtual Syscall<void> self_destruct_for(const Address& beneficiary) = 0;
    /// Emits an event that is checked and paid for.
    virtual void emit_checked_event(std::vector<EventEntry> entries) = 0;
};

/// Returns these functions of a kernel that was made for an actor's call. Errors: broken if it has none.
inline Syscall<EarlierKernel*> earlier_kernel(Kernel& kernel) {
    if (auto* found = dynamic_cast<EarlierKernel*>(&kernel)) return found;
    return broken(fail(Errc::unsupported, "this kernel does not know the calls of network versions below 21"));
}

}  // namespace strata::vm
