#include <strata/api/ethereum_steps.hpp>

#include <algorithm>

#include <nlohmann/json.hpp>

#include <strata/api/ethereum_json.hpp>
#include <strata/base/hex.hpp>

namespace strata::api {
namespace {

using actors::evm::Frame;
using actors::evm::Op;
using actors::evm::U256;

constexpr std::size_t kStepBytes = 120;  // of a line without stack, memory and storage
constexpr std::size_t kWord = 32;

struct Name {
    Op op;
    const char* text;
};
// The names of go-ethereum core/vm/opcodes.go.
constexpr Name kNames[] = {
    {Op::stop, "STOP"},
    {Op::add, "ADD"},
    {Op::mul, "MUL"},
    {Op::sub, "SUB"},
    {Op::div, "DIV"},
    {Op::sdiv, "SDIV"},
    {Op::mod, "MOD"},
    {Op::smod, "SMOD"},
    {Op::addmod, "ADDMOD"},
    {Op::mulmod, "MULMOD"},
    {Op::exp, "EXP"},
    {Op::signextend, "SIGNEXTEND"},
    {Op::lt, "LT"},
    {Op::gt, "GT"},
    {Op::slt, "SLT"},
    {Op::sgt, "SGT"},
    {Op::eq, "EQ"},
    {Op::iszero, "ISZERO"},
    {Op::bit_and, "AND"},
    {Op::bit_or, "OR"},
    {Op::bit_xor, "XOR"},
    {Op::bit_not, "NOT"},
    {Op::byte, "BYTE"},
    {Op::shl, "SHL"},
    {Op::shr, "SHR"},
    {Op::sar, "SAR"},
    {Op::clz, "CLZ"},
    {Op::keccak256, "KECCAK256"},
    {Op::address, "ADDRESS"},
    {Op::balance, "BALANCE"},
    {Op::origin, "ORIGIN"},
    {Op::caller, "CALLER"},
    {Op::callvalue, "CALLVALUE"},
    {Op::calldataload, "CALLDATALOAD"},
    {Op::calldatasize, "CALLDATASIZE"},
    {Op::calldatacopy, "CALLDATACOPY"},
    {Op::codesize, "CODESIZE"},
    {Op::codecopy, "CODECOPY"},
    {Op::gasprice, "GASPRICE"},
    {Op::extcodesize, "EXTCODESIZE"},
    {Op::extcodecopy, "EXTCODECOPY"},
    {Op::returndatasize, "RETURNDATASIZE"},
    {Op::returndatacopy, "RETURNDATACOPY"},
    {Op::extcodehash, "EXTCODEHASH"},
    {Op::blockhash, "BLOCKHASH"},
    {Op::coinbase, "COINBASE"},
    {Op::timestamp, "TIMESTAMP"},
    {Op::number, "NUMBER"},
    {Op::prevrandao, "DIFFICULTY"},
    {Op::gaslimit, "GASLIMIT"},
    {Op::chainid, "CHAINID"},
    {Op::selfbalance, "SELFBALANCE"},
    {Op::basefee, "BASEFEE"},
    {Op::pop, "POP"},
    {Op::mload, "MLOAD"},
    {Op::mstore, "MSTORE"},
    {Op::mstore8, "MSTORE8"},
    {Op::sload, "SLOAD"},
    {Op::sstore, "SSTORE"},
    {Op::jump, "JUMP"},
    {Op::jumpi, "JUMPI"},
    {Op::pc, "PC"},
    {Op::msize, "MSIZE"},
    {Op::gas, "GAS"},
    {Op::jumpdest, "JUMPDEST"},
    {Op::tload, "TLOAD"},
    {Op::tstore, "TSTORE"},
    {Op::mcopy, "MCOPY"},
    {Op::create, "CREATE"},
    {Op::call, "CALL"},
    {Op::ret, "RETURN"},
    {Op::delegatecall, "DELEGATECALL"},
    {Op::create2, "CREATE2"},
    {Op::staticcall, "STATICCALL"},
    {Op::revert, "REVERT"},
    {Op::invalid, "INVALID"},
    {Op::selfdestruct, "SELFDESTRUCT"},
};

std::string numbered(const char* text, Op op, Op first, unsigned base) {
    return text + std::to_string(static_cast<unsigned>(op) - static_cast<unsigned>(first) + base);
}

std::string short_word(const U256& word) {
    return quantity(word.to_amount());
}

}  // namespace

std::string op_name(Op op) {
    if (op >= Op::push0 && op <= Op::push32) return numbered("PUSH", op, Op::push0, 0);
    if (op >= Op::dup1 && op <= Op::dup16) return numbered("DUP", op, Op::dup1, 1);
    if (op >= Op::swap1 && op <= Op::swap16) return numbered("SWAP", op, Op::swap1, 1);
    if (op >= Op::log0 && op <= Op::log4) return numbered("LOG", op, Op::log0, 0);
    const auto* const found = std::ranges::find(kNames, op, &Name::op);
    if (found != std::end(kNames)) return found->text;
    return "opcode " + quantity(std::uint64_t{static_cast<std::uint8_t>(op)}) + " not defined";
}

void StepRecorder::enter(const Frame&) {
    open_.emplace_back();
}

// Completes the newest step of a call: only what comes after it tells what it cost and loaded.
void StepRecorder::finish_last(Open& open, Frame* frame, std::uint64_t gas) {
    if (!open.last) return;
    Step& last = steps_[*std::exchange(open.last, std::nullopt)];
    last.cost = last.gas > gas ? last.gas - gas : 0;
    const auto slot = std::exchange(open.loading, std::nullopt);
    if (!slot || frame == nullptr || frame->stack.size() == 0) return;
    open.storage[*slot] = frame->stack.at(0).to_be();
    Json storage = Json::object();
    for (const auto& [key, word] : open.storage) storage[hex_text(key)] = hex_text(word);
    last.more += ",\"storage\":" + text_of(storage);
}

std::string StepRecorder::more_of(Frame& frame, Open& open, Op op) {
    std::string out;
    auto& stack = frame.stack;
    if (form_.with_stack) {
        out += ",\"stack\":[";
        for (std::size_t i = stack.size(); i-- > 0;) out += '"' + short_word(stack.at(i)) + (i > 0 ? "\"," : "\"");
        out += ']';
    }
    if (form_.with_memory && frame.memory.size() > 0) {
        const BytesView memory = frame.memory.bytes({0, frame.memory.size()});
        out += ",\"memory\":[";
        for (std::size_t at = 0; at < memory.size(); at += kWord)
            out += (at > 0 ? ",\"" : "\"") + hex_text(memory.subspan(at, std::min(kWord, memory.size() - at))) + '"';
        out += ']';
    }
    if (form_.with_return_data && !frame.returned.empty()) out += ",\"returnData\":\"" + hex_text(frame.returned) + '"';
    if (!form_.with_storage) return out;
    if (op == Op::sload && stack.size() >= 1) open.loading = stack.at(0).to_be();
    if (op == Op::sstore && stack.size() >= 2) {
        open.storage[stack.at(0).to_be()] = stack.at(1).to_be();
        Json storage = Json::object();
        for (const auto& [key, word] : open.storage) storage[hex_text(key)] = hex_text(word);
        out += ",\"storage\":" + text_of(storage);
    }
    return out;
}

void StepRecorder::step(Frame& frame, std::size_t pc, Op op, std::uint64_t gas) {
    Open& open = open_.back();
    finish_last(open, &frame, gas);
    if (is_full_ || (form_.limit != 0 && steps_.size() >= form_.limit)) return;
    // The size is known before the text is made, because a stack and a memory can be large.
    std::size_t size = kStepBytes;
    if (form_.with_stack) size += frame.stack.size() * (2 * kWord + 5);
    if (form_.with_memory) size += frame.memory.size() * 2 + frame.memory.size() / kWord * 5;
    if (form_.with_return_data) size += frame.returned.size() * 2;
    if (form_.with_storage && (op == Op::sload || op == Op::sstore))
        size += (open.storage.size() + 1) * (4 * kWord + 12);
    if (size > room_ || steps_.size() >= kMaxSteps) {
        is_full_ = true;
        return;
    }
    room_ -= size;
    open.last = steps_.size();
    steps_.push_back({pc, op, gas, 0, open_.size(), more_of(frame, open, op)});
}

void StepRecorder::leave(std::uint64_t gas) {
    finish_last(open_.back(), nullptr, gas);
    open_.pop_back();
}

Result<Text> StepRecorder::take() && {
    if (is_full_)
        return fail(Errc::too_large, "the message has more steps than one answer may have (" +
                                         std::to_string(kMaxSteps) +
                                         ", and the bytes of an answer): set disableStack, disableStorage or limit, or "
                                         "use a tracer such as callTracer");
    Text out{"["};
    for (const auto& step : steps_) {
        if (out.json.size() > 1) out.json += ',';
        out.json += "{\"pc\":" + std::to_string(step.pc) + ",\"op\":\"" + op_name(step.op) +
                    "\",\"gas\":" + std::to_string(step.gas) + ",\"gasCost\":" + std::to_string(step.cost) +
                    ",\"depth\":" + std::to_string(step.depth) + step.more + '}';
    }
    out.json += ']';
    return out;
}

}  // namespace strata::api
