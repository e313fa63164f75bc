#pragma once
// Code that can run as an actor. Native C++ actors implement it (actors/native_actor.hpp); the WASM engine will be a
// second implementation. The call manager finds code by CID and knows nothing of how it runs.
#include <strata/vm/kernel.hpp>

namespace strata::vm {

/// How an invocation ended when it ended by the actor's own will. A non-zero code rolls the call back.
struct ActorExit {
    ExitCode code = ExitCode::ok;
    BlockId data = kNoBlock;  // return value or abort data, in the kernel's registry
    std::string message;      // for people; not consensus
};

class ActorCode {
  public:
    virtual ~ActorCode() = default;
    /// Runs the method that kernel.message() names. `params` is kNoBlock when there are none.
    /// A failure is out_of_gas or fatal, or a syscall error number that code let escape (becomes exit 10 at top level).
    virtual Syscall<ActorExit> invoke(Kernel& kernel, BlockId params) const = 0;
};

/// Which code stands behind a built-in actor type. Returns nullptr where there is none here yet: the call then exits
/// with unhandled_message (22).
class ActorTable {
  public:
    virtual ~ActorTable() = default;
    virtual const ActorCode* find(ActorType type) const = 0;
};

}  // namespace strata::vm
