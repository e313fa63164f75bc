#include <strata/api/ethereum_access.hpp>

namespace strata::api {

using actors::evm::address_of;
using actors::evm::Op;

void AccessWatcher::step(actors::evm::Frame& frame, std::size_t, Op op, std::uint64_t) {
    auto& stack = frame.stack;
    switch (op) {
        case Op::sload:
        case Op::sstore:
            if (stack.size() >= 1) touched[frame.receiver].insert(stack.at(0).to_be());
            return;
        case Op::balance:
        case Op::extcodesize:
        case Op::extcodecopy:
        case Op::extcodehash:
        case Op::selfdestruct:
            if (stack.size() >= 1) touched[address_of(stack.at(0))];
            return;
        case Op::call:
        case Op::delegatecall:
        case Op::staticcall:
            if (stack.size() >= 2) touched[address_of(stack.at(1))];
            return;
        default:
            return;
    }
}

}  // namespace strata::api
