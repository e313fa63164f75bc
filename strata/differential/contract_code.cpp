#include <strata/differential/contract_code.hpp>

namespace strata::differential {
namespace {

enum Op : std::uint8_t {
    STOP = 0x00,
    LT = 0x10,
    EQ = 0x14,
    BYTE = 0x1a,
    SHR = 0x1c,
    KECCAK256 = 0x20,
    ADDRESS = 0x30,
    BALANCE = 0x31,
    ORIGIN = 0x32,
    CALLER = 0x33,
    CALLVALUE = 0x34,
    CALLDATALOAD = 0x35,
    CALLDATASIZE = 0x36,
    CALLDATACOPY = 0x37,
    CODECOPY = 0x39,
    GASPRICE = 0x3a,
    EXTCODESIZE = 0x3b,
    EXTCODECOPY = 0x3c,
    RETURNDATASIZE = 0x3d,
    RETURNDATACOPY = 0x3e,
    EXTCODEHASH = 0x3f,
    BLOCKHASH = 0x40,
    COINBASE = 0x41,
    TIMESTAMP = 0x42,
    NUMBER = 0x43,
    PREVRANDAO = 0x44,
    GASLIMIT = 0x45,
    CHAINID = 0x46,
    SELFBALANCE = 0x47,
    BASEFEE = 0x48,
    POP = 0x50,
    MLOAD = 0x51,
    MSTORE = 0x52,
    MSTORE8 = 0x53,
    SLOAD = 0x54,
    SSTORE = 0x55,
    JUMPI = 0x57,
    PC = 0x58,
    MSIZE = 0x59,
    JUMPDEST = 0x5b,
    TLOAD = 0x5c,
    TSTORE = 0x5d,
    MCOPY = 0x5e,
    PUSH0 = 0x5f,
    PUSH1 = 0x60,
    PUSH2 = 0x61,
    PUSH32 = 0x7f,
    DUP1 = 0x80,
    SWAP1 = 0x90,
    LOG0 = 0xa0,
    CREATE = 0xf0,
    CALL = 0xf1,
    RETURN = 0xf3,
    DELEGATECALL = 0xf4,
    CREATE2 = 0xf5,
    STATICCALL = 0xfa,
    REVERT = 0xfd,
    INVALID = 0xfe,
    SELFDESTRUCT = 0xff,
};

constexpr std::uint8_t kRest = 65;  // the offset of `rest` in the input

// Writes opcodes one after the other.
class Writer {
  public:
    Writer& op(Op op) {
        code_.push_back(op);
        return *this;
    }
    Writer& op(unsigned first, std::uint64_t index) {
        code_.push_back(static_cast<std::uint8_t>(first + index));
        return *this;
    }
    Writer& push(std::uint16_t value) {
        if (value == 0) return op(PUSH0);
        if (value < 256) {
            op(PUSH1);
            code_.push_back(static_cast<std::uint8_t>(value));
            return *this;
        }
        op(PUSH2);
        code_.push_back(static_cast<std::uint8_t>(value >> 8));
        code_.push_back(static_cast<std::uint8_t>(value));
        return *this;
    }
    Writer& push(BytesView value) {
        op(PUSH1, value.size() - 1);
        append(code_, value);
        return *this;
    }
    Writer& a() { return push(1).op(CALLDATALOAD); }
    Writer& b() { return push(33).op(CALLDATALOAD); }
    // The number of bytes after the two words; the input is long enough, because the generator writes it.
    Writer& rest_size() { return push(kRest).op(CALLDATASIZE).op(0x03, 0); }
    // Copies `rest` to the beginning of the memory.
    Writer& load_rest() { return rest_size().push(kRest).push(0).op(CALLDATACOPY); }
    Writer& all_gas() { return push(Bytes(8, 0xff)); }
    // Returns the word on the stack.
    Writer& return_word() { return push(0).op(MSTORE).push(32).push(0).op(RETURN); }
    // Returns the word on the stack and then the answer of the latest call.
    Writer& return_answer() {
        push(0).op(MSTORE);
        op(RETURNDATASIZE).push(0).push(32).op(RETURNDATACOPY);
        return op(RETURNDATASIZE).push(32).op(0x01, 0).push(0).op(RETURN);
    }
    // Jumps to `at` if the input's first byte is `number`.
    std::size_t jump_for(std::uint8_t number) {
        push(0).op(CALLDATALOAD).push(0).op(BYTE).push(number).op(EQ).op(PUSH2);
        code_.insert(code_.end(), {0, 0});
        const std::size_t at = code_.size() - 2;
        op(JUMPI);
        return at;
    }
    void land(std::size_t at) {
        code_[at] = static_cast<std::uint8_t>(code_.size() >> 8);
        code_[at + 1] = static_cast<std::uint8_t>(code_.size());
        op(JUMPDEST);
    }
    Bytes take() { return std::move(code_); }

  private:
    Bytes code_;
};

void write_look(Writer& w) {
    std::uint16_t at = 0;
    const auto keep = [&] {
        w.push(at).op(MSTORE);
        at += 32;
    };
    for (const Op op : {BALANCE, EXTCODESIZE, EXTCODEHASH}) {
        w.a().op(op);
        keep();
    }
    w.b().op(BLOCKHASH);
    keep();
    for (const Op op : {ADDRESS, ORIGIN, CALLER, CALLVALUE, CALLDATASIZE, GASPRICE, COINBASE, TIMESTAMP, NUMBER,
                        PREVRANDAO, GASLIMIT, CHAINID, SELFBALANCE, BASEFEE, MSIZE, RETURNDATASIZE}) {
        w.op(op);
        keep();
    }
    w.push(at).push(0).op(RETURN);
}

void write_tool(Writer& w, Tool tool) {
    switch (tool) {
        case Tool::store:
            w.b().a().op(SSTORE).a().op(SLOAD).return_word();
            return;
        case Tool::call:
            w.load_rest().push(0).push(0).rest_size().push(0).b().a().all_gas().op(CALL).return_answer();
            return;
        case Tool::delegate_call:
            w.load_rest().push(0).push(0).rest_size().push(0).a().all_gas().op(DELEGATECALL).return_answer();
            return;
        case Tool::static_call:
            w.load_rest().push(0).push(0).rest_size().push(0).a().all_gas().op(STATICCALL).return_answer();
            return;
        case Tool::create:
            w.load_rest().rest_size().push(0).b().op(CREATE).return_answer();
            return;
        case Tool::create2:
            w.load_rest().b().rest_size().push(0).push(0).op(CREATE2).return_answer();
            return;
        case Tool::destroy:
            w.a().op(SELFDESTRUCT);
            return;
        case Tool::log0:
        case Tool::log1:
        case Tool::log2:
        case Tool::log3:
        case Tool::log4: {
            const auto topics = static_cast<unsigned>(tool) - static_cast<unsigned>(Tool::log0);
            w.load_rest();
            for (unsigned i = 0; i < topics; ++i) (i % 2 == 0) ? w.a() : w.b();
            w.rest_size().push(0).op(LOG0, topics).op(STOP);
            return;
        }
        case Tool::revert:
            w.load_rest().rest_size().push(0).op(REVERT);
            return;
        case Tool::give:
            w.load_rest().rest_size().push(0).op(RETURN);
            return;
        case Tool::transient:
            w.b().a().op(TSTORE).a().op(TLOAD).return_word();
            return;
        case Tool::look:
            write_look(w);
            return;
        case Tool::copy_code:
            w.push(64).b().push(0).a().op(EXTCODECOPY).push(64).push(0).op(RETURN);
            return;
        case Tool::invalid:
            w.op(INVALID);
            return;
        case Tool::store_and_revert:
            w.b().a().op(SSTORE).push(0).push(0).op(REVERT);
            return;
        case Tool::count_:
            return;
    }
}

// How many words an opcode takes from the stack and puts there.
struct Shape {
    std::uint8_t op, takes, gives;
};
constexpr Shape kPlain[] = {
    {0x01, 2, 1},        {0x02, 2, 1},           {0x03, 2, 1},         {0x04, 2, 1},      {0x05, 2, 1},
    {0x06, 2, 1},        {0x07, 2, 1},           {0x08, 3, 1},         {0x09, 3, 1},      {0x0a, 2, 1},
    {0x0b, 2, 1},        {0x10, 2, 1},           {0x11, 2, 1},         {0x12, 2, 1},      {0x13, 2, 1},
    {0x14, 2, 1},        {0x15, 1, 1},           {0x16, 2, 1},         {0x17, 2, 1},      {0x18, 2, 1},
    {0x19, 1, 1},        {0x1a, 2, 1},           {0x1b, 2, 1},         {0x1c, 2, 1},      {0x1d, 2, 1},
    {0x1e, 1, 1},        {ADDRESS, 0, 1},        {BALANCE, 1, 1},      {ORIGIN, 0, 1},    {CALLER, 0, 1},
    {CALLVALUE, 0, 1},   {CALLDATALOAD, 1, 1},   {CALLDATASIZE, 0, 1}, {0x38, 0, 1},      {GASPRICE, 0, 1},
    {EXTCODESIZE, 1, 1}, {RETURNDATASIZE, 0, 1}, {EXTCODEHASH, 1, 1},  {BLOCKHASH, 1, 1}, {COINBASE, 0, 1},
    {TIMESTAMP, 0, 1},   {NUMBER, 0, 1},         {PREVRANDAO, 0, 1},   {GASLIMIT, 0, 1},  {CHAINID, 0, 1},
    {SELFBALANCE, 0, 1}, {BASEFEE, 0, 1},        {POP, 1, 0},          {SLOAD, 1, 1},     {SSTORE, 2, 0},
    {PC, 0, 1},          {MSIZE, 0, 1},          {JUMPDEST, 0, 0},     {TLOAD, 1, 1},     {TSTORE, 2, 0},
    {PUSH0, 0, 1},
};

Bytes interesting_word(Dice& dice) {
    switch (dice.below(6)) {
        case 0:
            return {static_cast<std::uint8_t>(dice.below(256))};
        case 1:
            return Bytes(32, 0xff);
        case 2: {  // the smallest signed number
            Bytes out(32);
            out[0] = 0x80;
            return out;
        }
        case 3: {  // a power of two, or one below
            EvmWord out{};
            const auto bit = dice.below(256);
            out[31 - bit / 8] = static_cast<std::uint8_t>(1U << (bit % 8));
            return to_bytes(out);
        }
        case 4: {
            Bytes out(31, 0xff);
            out.push_back(static_cast<std::uint8_t>(dice.below(256)));
            return out;
        }
        default:
            return dice.bytes(1 + dice.below(32));
    }
}

// Opcodes with places in memory get small ones, which are written just before them.
class RandomWriter {
  public:
    RandomWriter(Dice& dice, Writer& w) : dice_(dice), w_(w) {}

    void step() {
        const auto lot = dice_.below(100);
        if (lot < 22 || depth_ == 0) {
            w_.push(interesting_word(dice_));
            ++depth_;
        } else if (lot < 74) {
            plain();
        } else if (lot < 80) {
            const auto n = dice_.below(std::min<std::size_t>(depth_, 16));
            w_.op(DUP1, n);
            ++depth_;
        } else if (lot < 86) {
            if (depth_ > 1) w_.op(SWAP1, dice_.below(std::min<std::size_t>(depth_ - 1, 16)));
        } else {
            memory();
        }
        // The stack must not overflow, and few words are easier to look at.
        while (depth_ > 24) {
            w_.op(POP);
            --depth_;
        }
    }

    void finish() {
        switch (dice_.below(12)) {
            case 0:
                w_.op(static_cast<Op>(dice_.one_of<std::uint8_t>({0x0c, 0x1f, 0x21, 0x49, 0xf2, 0xfe, 0xef})));
                return;
            case 1:  // an operand is missing
                for (; depth_ > 0; --depth_) w_.op(POP);
                w_.op(0x01, 0);
                return;
            case 2:
                w_.push(64).push(0).op(REVERT);
                return;
            default:
                break;
        }
        std::uint16_t at = 0;
        for (; depth_ > 0; --depth_, at += 32) w_.push(at).op(MSTORE);
        w_.push(at).push(0).op(RETURN);
    }

  private:
    void plain() {
        const auto& shape = kPlain[dice_.below(std::size(kPlain))];
        if (depth_ < shape.takes) return;
        w_.op(shape.op, 0);
        depth_ += shape.gives;
        depth_ -= shape.takes;
    }
    std::uint16_t offset() { return static_cast<std::uint16_t>(dice_.below(dice_.chance(95) ? 300 : 9000)); }
    std::uint16_t size() { return static_cast<std::uint16_t>(dice_.below(100)); }
    void memory() {
        switch (dice_.below(9)) {
            case 0:
                w_.push(offset()).op(MLOAD);
                ++depth_;
                return;
            case 1:
                w_.push(offset()).op(dice_.chance(70) ? MSTORE : MSTORE8);
                --depth_;
                return;
            case 2:
                w_.push(size()).push(offset()).op(KECCAK256);
                ++depth_;
                return;
            case 3:
                w_.push(size()).push(offset()).push(offset()).op(MCOPY);
                return;
            case 4:
                w_.push(size()).push(offset()).push(offset()).op(dice_.chance(50) ? CALLDATACOPY : CODECOPY);
                return;
            case 5: {
                const auto topics = dice_.below(std::min<std::size_t>(depth_, 4) + 1);
                w_.push(size()).push(offset()).op(LOG0, topics);
                depth_ -= topics;
                return;
            }
            case 6:  // the word on the stack is the address
                w_.op(DUP1).push(size()).op(SWAP1).push(offset()).op(SWAP1).push(offset()).op(SWAP1).op(EXTCODECOPY);
                return;
            case 7:  // a call of a precompile, which cannot call back
                w_.push(32)
                    .push(0)
                    .push(size())
                    .push(0)
                    .push(some_precompile(dice_))
                    .push(Bytes(8, 0xff))
                    .op(STATICCALL);
                ++depth_;
                return;
            default:
                w_.push(0).push(0).push(0).op(RETURNDATACOPY);
                return;
        }
    }

    Dice& dice_;
    Writer& w_;
    std::size_t depth_ = 0;
};

}  // namespace

Bytes some_precompile(Dice& dice) {
    Bytes out(20);
    if (dice.chance(30)) out[0] = 0xfe;
    out[19] = static_cast<std::uint8_t>(dice.below(out[0] == 0xfe ? 8 : 0x13));
    if (out[0] == 0 && dice.chance(8)) out[18] = 1, out[19] = 0;
    return out;
}

EvmWord word_of(std::uint64_t value) {
    EvmWord out{};
    store_be(out.data() + 24, value);
    return out;
}

EvmWord word_of_address(BytesView address) {
    EvmWord out{};
    STRATA_CHECK(address.size() == 20);
    std::ranges::copy(address, out.begin() + 12);
    return out;
}

Bytes masked_address(ActorId id) {
    Bytes out(20);
    out[0] = 0xff;
    store_be(out.data() + 12, id);
    return out;
}

const Bytes& tool_code() {
    static const Bytes code = [] {
        Writer w;
        std::vector<std::size_t> jumps;
        for (std::size_t i = 0; i < kTools; ++i) jumps.push_back(w.jump_for(static_cast<std::uint8_t>(i)));
        w.op(STOP);
        for (std::size_t i = 0; i < kTools; ++i) {
            w.land(jumps[i]);
            write_tool(w, static_cast<Tool>(i));
        }
        return w.take();
    }();
    return code;
}

Bytes tool_input(Tool tool, const EvmWord& a, const EvmWord& b, BytesView rest) {
    Bytes out{static_cast<std::uint8_t>(tool)};
    append(out, a);
    append(out, b);
    append(out, rest);
    return out;
}

Bytes random_code(Dice& dice, std::size_t length) {
    Writer w;
    RandomWriter random(dice, w);
    for (std::size_t i = 0; i < length; ++i) random.step();
    random.finish();
    return w.take();
}

Bytes initcode_of(BytesView runtime) {
    // PUSH2 length, DUP1, PUSH1 offset, PUSH0, CODECOPY, PUSH0, RETURN: 10 bytes, then the code itself.
    Bytes out{PUSH2,
              static_cast<std::uint8_t>(runtime.size() >> 8),
              static_cast<std::uint8_t>(runtime.size()),
              DUP1,
              PUSH1,
              10,
              PUSH0,
              CODECOPY,
              PUSH0,
              RETURN};
    append(out, runtime);
    return out;
}

}  // namespace strata::differential
