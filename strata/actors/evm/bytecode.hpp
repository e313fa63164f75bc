#pragma once
// A contract's code with its jump destinations: the JUMPDEST bytes that are instructions and not the data of a PUSH.
// Source: builtin-actors actors/evm/src/interpreter/bytecode.rs.
#include <strata/actors/evm/opcodes.hpp>
#include <strata/actors/evm/uint256.hpp>

namespace strata::actors::evm {

class Bytecode {
  public:
    explicit Bytecode(Bytes code) : code_(std::move(code)), is_destination_(code_.size(), false) {
        for (std::size_t at = 0; at < code_.size(); ++at) {
            const auto op = static_cast<Op>(code_[at]);
            if (op == Op::jumpdest) is_destination_[at] = true;
            if (op >= Op::push1 && op <= Op::push32) at += code_[at] - static_cast<std::size_t>(Op::push0);
        }
    }
    const Bytes& code() const { return code_; }
    bool can_jump_to(const U256& destination) const {
        return destination < U256(code_.size()) && is_destination_[destination.low()];
    }

  private:
    Bytes code_;
    std::vector<bool> is_destination_;
};

}  // namespace strata::actors::evm
