#pragma once
// Code that can run as an actor. Native C++ actors implement it (actors/native_actor.hpp); a WASM engine will be a
// second implementation. The call manager finds code by its CID and does not know how it runs.
#include <strata/vm/kernel.hpp>

namespace strata::vm {

/// The end of an invocation that the actor itself ended. A code other than zero rolls the call back.
struct ActorExit {
    ExitCode code = ExitCode::ok;
    BlockId data = kNoBlock;  // return value or abort data, in the kernel's registry
    std::string message;      // for people; not consensus
};

class ActorCode {
  public:
    virtual ~ActorCode() = default;
    /// Runs the method that kernel.message() names. `params` is kNoBlock if the message has none. A failure is
    /// out_of_gas, fatal or broken, or an error number that the code did not handle (exit code 10 at the top level).
    virtual Syscall<ActorExit> invoke(Kernel& kernel, BlockId params) const = 0;
};

/// Finds the code to run for a code CID. `type` is the type that the state's manifest gives to `code`.
class ActorTable {
  public:
    virtual ~ActorTable() = default;
    /// Returns true if `code` belongs to a bundle that this table was written for and has this type there. The VM
    /// executes nothing else, so that a state of different actors is never run by the wrong code.
    virtual bool knows(const Cid& code, ActorType type) const = 0;
    /// Returns the code of a CID that the table knows, or nullptr for a type that has no code here yet
    /// (docs/known_gaps.md): a call to it exits with unhandled_message (22) on every such node.
    virtual const ActorCode* find(const Cid& code, ActorType type) const = 0;
};

}  // namespace strata::vm
