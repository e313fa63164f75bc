#pragma once
// Lets a debugger see the instructions of contracts. The interpreter serves the watcher of the message
// (vm::GasTracker::watcher) if it is one of this kind. Without a watcher the interpreter asks once in each call and
// does nothing else. A watched message uses the same gas as one that is not.
#include <strata/actors/evm/frame.hpp>
#include <strata/actors/evm/opcodes.hpp>
#include <strata/vm/gas.hpp>

namespace strata::actors::evm {

class Watcher : public vm::CodeWatcher {
  public:
    /// The code of a contract begins: of a call, of a DELEGATECALL, or the initcode of a creation. Frames nest.
    virtual void enter(const Frame& frame) = 0;
    /// The instruction at `pc` comes next; its operands may be missing, and it may not be defined. `gas` is what the
    /// call has left. The watcher only reads the frame.
    virtual void step(Frame& frame, std::size_t pc, Op op, std::uint64_t gas) = 0;
    /// The code that began last has ended, in whatever way.
    virtual void leave(std::uint64_t gas) = 0;
};

}  // namespace strata::actors::evm
