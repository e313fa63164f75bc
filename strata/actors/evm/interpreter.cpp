#include <strata/actors/evm/interpreter.hpp>

#include <strata/actors/evm/calls.hpp>
#include <strata/actors/evm/creation.hpp>
#include <strata/actors/evm/environment.hpp>
#include <strata/actors/evm/exits.hpp>
#include <strata/actors/evm/watcher.hpp>

namespace strata::actors::evm {
namespace {

/// The gas limit of a block of the chain, which GASLIMIT tells. Source: builtin-actors
/// actors/evm/src/interpreter/instructions/context.rs.
constexpr std::uint64_t kBlockGasLimit = 10'000'000'000;

class Machine {
  public:
    Machine(System& system, Frame& frame, const Bytecode& bytecode)
        : system_(system), frame_(frame), stack_(frame.stack), bytecode_(bytecode), code_(bytecode.code()) {}

    ActorResult<Output> run() {
        while (pc_ < code_.size()) STRATA_OK(step());
        STRATA_OK(frame_.meter.settle());
        return std::move(output_);
    }

    /// Does the same, and shows each instruction to a watcher.
    ActorResult<Output> run(Watcher& watcher) {
        while (pc_ < code_.size()) {
            watcher.step(frame_, pc_, static_cast<Op>(code_[pc_]), gas_left());
            STRATA_OK(step());
        }
        STRATA_OK(frame_.meter.settle());
        return std::move(output_);
    }
    std::uint64_t gas_left() const { return frame_.meter.left(); }

  private:
    Done step();
    Done check_stack(Op op) const;
    bool is_defined(Op op) const {
        return kOpShapes[static_cast<std::uint8_t>(op)].defined &&
               (op != Op::clz || system_.rt().policy().evm_has_clz_and_p256);
    }
    void push_data(std::size_t size);
    Done jump(const U256& destination);
    Done finish(bool reverted);
    Done memory(Op op);
    Done context(Op op);
    Done input(Op op);
    Done act(Op op);

    /// Takes words off the stack; the first was the top.
    template <std::size_t N>
    std::array<U256, N> pop() {
        std::array<U256, N> out;
        for (auto& word : out) word = stack_.pop();
        return out;
    }
    Done push(ActorResult<U256> word) {
        if (!word) return std::move(word).error();
        stack_.push(*word);
        return {};
    }

    System& system_;
    Frame& frame_;
    Stack& stack_;
    const Bytecode& bytecode_;
    const Bytes& code_;
    std::size_t pc_ = 0;
    Output output_;
};

Done Machine::check_stack(Op op) const {
    const auto at = [&] {
        return "instruction " + std::to_string(static_cast<unsigned>(op)) + " at " + std::to_string(pc_);
    };
    const OpShape shape = kOpShapes[static_cast<std::uint8_t>(op)];
    if (!is_defined(op)) return abort(kUndefinedInstruction, at() + " is not defined");
    if (stack_.size() < shape.inputs)
        return abort(kStackUnderflow, at() + " needs " + std::to_string(shape.inputs) + " words on the stack, got " +
                                          std::to_string(stack_.size()));
    if (shape.grows && stack_.size() == Stack::kLimit)
        return abort(kStackOverflow, at() + " puts a word on a stack that is full with 1024 words");
    return {};
}

// Each group of instructions below does its part and leaves the program counter to this function, except jumps and
// ends.
Done Machine::step() {
    const auto op = static_cast<Op>(code_[pc_]);
    const OpShape shape = kOpShapes[code_[pc_]];
    if (!is_defined(op) || stack_.size() < shape.inputs || (shape.grows && stack_.size() == Stack::kLimit))
        return check_stack(op);
    frame_.meter.add(costs::kInstruction);
    if (frame_.meter.is_due()) STRATA_OK(frame_.meter.settle());

    if (op >= Op::push0 && op <= Op::push32) {
        push_data(code_[pc_] - static_cast<std::size_t>(Op::push0));
    } else if (op >= Op::dup1 && op <= Op::dup16) {
        stack_.push(stack_.at(code_[pc_] - static_cast<std::size_t>(Op::dup1)));
    } else if (op >= Op::swap1 && op <= Op::swap16) {
        std::swap(stack_.at(0), stack_.at(code_[pc_] - static_cast<std::size_t>(Op::swap1) + 1));
    } else if (op >= Op::add && op <= Op::clz) {
        compute(op, stack_, frame_.meter);
    } else if (op == Op::jump) {
        return jump(stack_.pop());
    } else if (op == Op::jumpi) {
        const auto [destination, condition] = pop<2>();
        if (!condition.is_zero()) return jump(destination);
    } else if (op >= Op::pop && op <= Op::mcopy) {
        STRATA_OK(memory(op));
    } else if (op == Op::stop || op == Op::ret || op == Op::revert) {
        return finish(op == Op::revert);
    } else {
        STRATA_OK(frame_.meter.settle());
        const bool is_context = op >= Op::address && op <= Op::basefee;
        STRATA_OK(is_context ? context(op) : act(op));
    }
    ++pc_;
    return {};
}

/// Pushes the bytes that follow the instruction. Where the code ends earlier, zeros follow.
void Machine::push_data(std::size_t size) {
    const std::size_t begin = pc_ + 1;
    const std::size_t there = std::min(size, code_.size() - begin);
    Hash256 padded{};
    std::ranges::copy(BytesView(code_).subspan(begin, there), padded.end() - static_cast<std::ptrdiff_t>(size));
    stack_.push(U256::from_be(padded));
    pc_ += size;
}

Done Machine::jump(const U256& destination) {
    if (!bytecode_.can_jump_to(destination))
        return abort(kBadJump, "the jump at " + std::to_string(pc_) + " does not lead to a JUMPDEST");
    pc_ = destination.low() + 1;
    return {};
}

Done Machine::finish(bool reverted) {
    output_ = {.reverted = reverted, .data = {}, .pc = pc_};
    if (static_cast<Op>(code_[pc_]) != Op::stop) {
        const auto [offset, size] = pop<2>();
        STRATA_TRY(const Region region, frame_.memory.region(offset, size));
        output_.data = to_bytes(frame_.memory.bytes(region));
    }
    pc_ = code_.size();
    return {};
}

Done Machine::memory(Op op) {
    auto& memory = frame_.memory;
    switch (op) {
        case Op::pop:
            stack_.drop(1);
            return {};
        case Op::mload: {
            STRATA_TRY(const Region region, memory.region(stack_.at(0), U256::kBytes));
            stack_.at(0) = U256::from_be(memory.bytes(region));
            return {};
        }
        case Op::mstore: {
            const auto [offset, word] = pop<2>();
            STRATA_TRY(const Region region, memory.region(offset, U256::kBytes));
            word.store_be(memory.bytes(region).data());
            return {};
        }
        case Op::mstore8: {
            const auto [offset, word] = pop<2>();
            STRATA_TRY(const Region region, memory.region(offset, 1));
            memory.bytes(region)[0] = static_cast<std::uint8_t>(word.low());
            return {};
        }
        case Op::mcopy: {
            const auto [to, from, size] = pop<3>();
            if (size.is_zero()) return {};
            STRATA_TRY(const Region source, memory.region(from, size));
            STRATA_TRY(const Region target, memory.region(to, size));
            frame_.meter.add(source.size * costs::kByteCopied);
            std::memmove(memory.bytes(target).data(), memory.bytes(source).data(), source.size);
            return {};
        }
        case Op::sload:
        case Op::tload: {
            STRATA_OK(frame_.meter.charge(costs::kStorageAccess));
            const U256 key = stack_.pop();
            return push(op == Op::sload ? system_.storage(key) : system_.transient(key));
        }
        case Op::sstore:
        case Op::tstore: {
            STRATA_OK(frame_.meter.charge(costs::kStorageAccess));
            const auto [key, value] = pop<2>();
            return op == Op::sstore ? store(system_, key, value) : store_transient(system_, key, value);
        }
        case Op::pc:
            stack_.push(pc_);
            return {};
        case Op::msize:
            stack_.push(memory.size());
            return {};
        case Op::gas: {
            STRATA_OK(frame_.meter.settle());
            STRATA_TRY(const std::uint64_t gas, gas_available(system_.rt()));
            return push(U256(gas));
        }
        default:  // JUMPDEST
            return {};
    }
}

Done Machine::context(Op op) {
    auto& rt = system_.rt();
    const auto& network = rt.kernel().network();
    switch (op) {
        case Op::address:
            return push(U256::from_be(frame_.receiver));
        case Op::balance:
            return push(balance_of(system_, stack_.pop()));
        case Op::origin: {
            STRATA_TRY(const EthAddress origin, system_.eth_address(rt.origin()));
            return push(U256::from_be(origin));
        }
        case Op::caller:
            return push(U256::from_be(frame_.caller));
        case Op::callvalue:
            return push(U256::from_amount(frame_.value_received));
        case Op::gasprice:
            return push(U256::from_amount(network.base_fee + rt.kernel().message().gas_premium));
        case Op::extcodesize:
            return push(code_size_of(system_, stack_.pop()));
        case Op::extcodehash:
            return push(code_hash_of(system_, stack_.pop()));
        case Op::extcodecopy: {
            const auto [address, to, from, size] = pop<4>();
            return copy_code_of(system_, frame_, address, to, from, size);
        }
        case Op::blockhash:
            return push(block_hash(system_, stack_.pop()));
        case Op::coinbase:  // a tipset has many miners
            return push(U256());
        case Op::timestamp:
            return push(U256(network.timestamp));
        case Op::number:
            return push(U256(static_cast<std::uint64_t>(network.epoch)));
        case Op::prevrandao: {
            STRATA_TRY(const Hash256 randomness, system_.randomness());
            return push(U256::from_be(randomness));
        }
        case Op::gaslimit:
            return push(U256(kBlockGasLimit));
        case Op::chainid:
            return push(U256(network.chain_id));
        case Op::selfbalance: {
            STRATA_TRY(const TokenAmount balance, rt.balance());
            return push(U256::from_amount(balance));
        }
        case Op::basefee:
            return push(U256::from_amount(network.base_fee));
        default:
            return input(op);
    }
}

/// Input, code, and the data that the latest call returned.
Done Machine::input(Op op) {
    switch (op) {
        case Op::calldataload: {
            const U256 offset = stack_.pop();
            Hash256 word{};
            if (offset < U256(frame_.input.size())) {
                const auto rest = BytesView(frame_.input).subspan(offset.low());
                std::ranges::copy(rest.first(std::min(rest.size(), word.size())), word.begin());
            }
            return push(U256::from_be(word));
        }
        case Op::calldatasize:
            return push(U256(frame_.input.size()));
        case Op::codesize:
            return push(U256(code_.size()));
        case Op::returndatasize:
            return push(U256(frame_.returned.size()));
        case Op::calldatacopy:
        case Op::codecopy: {
            const auto [to, from, size] = pop<3>();
            return frame_.memory.copy_in(to, size, from, op == Op::codecopy ? code_ : frame_.input, /*fill=*/true);
        }
        default: {  // RETURNDATACOPY, which does not read beyond the end
            const auto [to, from, size] = pop<3>();
            STRATA_TRY(const Region region, frame_.memory.region(to, size));
            const std::size_t length = frame_.returned.size();
            if (from > U256(length) || region.size > length - from.low())
                return abort(kIllegalMemoryAccess, "RETURNDATACOPY reads beyond the " + std::to_string(length) +
                                                       " bytes that the latest call returned");
            return frame_.memory.copy_in(to, size, from, frame_.returned, /*fill=*/true);
        }
    }
}

Done Machine::act(Op op) {
    if (op >= Op::log0 && op <= Op::log4) {
        const auto [offset, size] = pop<2>();
        std::array<U256, 4> topics;
        const std::size_t count = static_cast<std::size_t>(op) - static_cast<std::size_t>(Op::log0);
        for (std::size_t i = 0; i < count; ++i) topics[i] = stack_.pop();
        return log(system_, frame_, offset, size, std::span(topics).first(count));
    }
    switch (op) {
        case Op::keccak256: {
            const auto [offset, size] = pop<2>();
            return push(keccak(system_, frame_, offset, size));
        }
        case Op::create: {
            const auto [value, offset, size] = pop<3>();
            return push(create(system_, frame_, value, offset, size));
        }
        case Op::create2: {
            const auto [value, offset, size, salt] = pop<4>();
            return push(create2(system_, frame_, value, offset, size, salt));
        }
        case Op::call: {
            const auto [gas, to, value, in, in_size, out, out_size] = pop<7>();
            return push(call(system_, frame_, {CallKind::call, gas, to, value, in, in_size, out, out_size}));
        }
        case Op::delegatecall:
        case Op::staticcall: {
            const auto kind = op == Op::staticcall ? CallKind::read_only : CallKind::delegate;
            const auto [gas, to, in, in_size, out, out_size] = pop<6>();
            return push(call(system_, frame_, {kind, gas, to, 0, in, in_size, out, out_size}));
        }
        case Op::selfdestruct:
            STRATA_OK(self_destruct(system_, stack_.pop()));
            output_ = {.reverted = false, .data = {}, .pc = pc_};
            pc_ = code_.size() - 1;
            return {};
        default:
            return abort(kInvalidInstruction, "the instruction INVALID at " + std::to_string(pc_));
    }
}

}  // namespace

ActorResult<Output> execute(System& system, Frame& frame, const Bytecode& bytecode) {
    Machine machine(system, frame, bytecode);
    auto* const watcher = dynamic_cast<Watcher*>(system.rt().kernel().gas_tracker().watcher());
    if (watcher == nullptr) return machine.run();
    watcher->enter(frame);
    auto out = machine.run(*watcher);
    watcher->leave(machine.gas_left());
    return out;
}

}  // namespace strata::actors::evm
