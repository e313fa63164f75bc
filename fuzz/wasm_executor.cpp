#include <strata/base/large_stack.hpp>
#include <strata/vm/test_world.hpp>
#include <strata/wasm/actor_table.hpp>
#include <strata/wasm/encoder.hpp>

#include <thread>

#include "target.hpp"

// Turns the input into a module that is valid, so that it gets past the compiler: random operators on memories, tables,
// locals and host functions, in loops that only gas ends. It runs three times, the first with nothing compiled and the
// other two at the same time, and each run must end in the same way, with the same gas and the same state.
namespace {

using namespace strata;
using namespace strata::wasm;

// The host functions of generation 4 (docs/protocol/fvm.md §4.7): i stands for 32 bits, I for 64. All return 32 bits.
struct Host {
    std::string_view module;
    std::string_view name;
    std::string_view params;
};
constexpr Host kHosts[] = {{"vm", "exit", "iiii"},
                           {"vm", "message_context", "i"},
                           {"network", "context", "i"},
                           {"network", "tipset_cid", "iIii"},
                           {"network", "total_fil_circ_supply", "i"},
                           {"ipld", "block_open", "ii"},
                           {"ipld", "block_create", "iIii"},
                           {"ipld", "block_read", "iiiii"},
                           {"ipld", "block_stat", "ii"},
                           {"ipld", "block_link", "iiIiii"},
                           {"self", "root", "iii"},
                           {"self", "set_root", "i"},
                           {"self", "current_balance", "i"},
                           {"self", "self_destruct", "i"},
                           {"actor", "resolve_address", "iii"},
                           {"actor", "lookup_delegated_address", "iIii"},
                           {"actor", "get_actor_code_cid", "iIii"},
                           {"actor", "next_actor_address", "iii"},
                           {"actor", "create_actor", "Iiii"},
                           {"actor", "get_builtin_actor_type", "ii"},
                           {"actor", "get_code_cid_for_type", "iiii"},
                           {"actor", "balance_of", "iI"},
                           {"crypto", "hash", "iIiiii"},
                           {"crypto", "recover_secp_public_key", "iii"},
                           {"crypto", "verify_signature", "iiiiiiii"},
                           {"crypto", "verify_bls_aggregate", "iiiiii"},
                           {"crypto", "verify_post", "iii"},
                           {"crypto", "batch_verify_seals", "iii"},
                           {"rand", "get_chain_randomness", "iI"},
                           {"rand", "get_beacon_randomness", "iI"},
                           {"gas", "charge", "iiI"},
                           {"gas", "available", "i"},
                           {"event", "emit_event", "iiiiii"},
                           {"send", "send", "iiiIiIIII"},
                           {"debug", "enabled", "i"},
                           {"debug", "log", "ii"}};
constexpr std::uint32_t kHostCount = std::size(kHosts);

constexpr std::uint32_t kFunctions = 3;   // of type (i32) -> i32; the first is `invoke`
constexpr std::uint32_t kOwnType = 0;     // their type
constexpr std::uint32_t kLocals = 8;      // the parameter and three more of 32 bits, then four of 64 bits
constexpr std::uint32_t kWideLocals = 4;  // the first of 64 bits
constexpr unsigned kDepth = 6;
constexpr std::size_t kMaxCode = 4000;  // bytes of a function

class Author {
  public:
    explicit Author(BytesView choices) : choices_(choices) {}

    Bytes module() {
        Bytes out{0, 'a', 's', 'm', 1, 0, 0, 0};
        put_section(out, SectionId::type, types());
        put_section(out, SectionId::import, imports());
        put_section(out, SectionId::function,
                    list(kFunctions, [](Bytes& to, std::uint32_t) { to.push_back(kOwnType); }));
        put_section(out, SectionId::table, Bytes{1, 0x70, 0, static_cast<std::uint8_t>(3 + choice() % 30)});
        put_section(out, SectionId::memory, Bytes{1, 0, static_cast<std::uint8_t>(1 + choice() % 4)});
        put_section(out, SectionId::export_, exports());
        // The table's first entries are the functions.
        put_section(out, SectionId::element,
                    Bytes{1, 0, 0x41, 0, 0x0b, kFunctions, kHostCount, kHostCount + 1, kHostCount + 2});
        put_section(out, SectionId::code, list(kFunctions, [this](Bytes& to, std::uint32_t) { body(to); }));
        return out;
    }

  private:
    std::uint8_t choice() {
        if (choices_.empty()) return 0;
        const auto byte = choices_[0];
        choices_ = choices_.subspan(1);
        return byte;
    }
    template <class F>
    static Bytes list(std::uint32_t count, F put) {
        Bytes out = uvarint(count);
        for (std::uint32_t i = 0; i < count; ++i) put(out, i);
        return out;
    }
    static Bytes types() {
        return list(1 + kHostCount, [](Bytes& to, std::uint32_t i) {
            const std::string_view params = i == kOwnType ? "i" : kHosts[i - 1].params;
            to.push_back(0x60);
            put_uvarint(to, params.size());
            for (const char letter : params) to.push_back(letter == 'i' ? 0x7f : 0x7e);
            append(to, Bytes{1, 0x7f});
        });
    }
    static void name(Bytes& to, std::string_view text) {
        put_uvarint(to, text.size());
        append(to, as_bytes(text));
    }
    static Bytes imports() {
        return list(kHostCount, [](Bytes& to, std::uint32_t i) {
            name(to, kHosts[i].module);
            name(to, kHosts[i].name);
            to.push_back(0);
            put_uvarint(to, i + 1);
        });
    }
    static Bytes exports() {
        Bytes out{2};
        name(out, "memory");
        append(out, Bytes{2, 0});
        name(out, "invoke");
        append(out, Bytes{0, kHostCount});
        return out;
    }

    void body(Bytes& to) {
        code_.clear();
        append(code_, Bytes{2, 3, 0x7f, 4, 0x7e});  // three locals of 32 bits and four of 64
        for (unsigned n = 1 + choice() % 12; n-- > 0;) statement(0);
        narrow(0);
        put_op(code_, Op::end);
        put_uvarint(to, code_.size());
        append(to, code_);
    }
    bool is_deep(unsigned depth) const { return depth >= kDepth || code_.size() > kMaxCode; }

    // A statement leaves the stack as it was.
    void statement(unsigned depth) {
        const auto kind = choice() % 14;
        if (is_deep(depth) || kind < 4) return host(depth);
        switch (kind) {
            case 4:
                narrow(depth + 1);
                return put_op(code_, static_cast<Op>(0x21), choice() % kWideLocals);
            case 5:
                wide(depth + 1);
                return put_op(code_, static_cast<Op>(0x21), kWideLocals + choice() % (kLocals - kWideLocals));
            case 6:  // a store of 32 or 64 bits
                address(depth);
                if (choice() % 2 == 0) {
                    narrow(depth + 1);
                    append(code_, Bytes{0x36, 0});
                } else {
                    wide(depth + 1);
                    append(code_, Bytes{0x37, 0});
                }
                return put_uvarint(code_, choice());
            case 7:
            case 8:
                narrow(depth + 1);
                append(code_, Bytes{0x04, 0x40});  // if without a result
                block(depth);
                put_op(code_, Op::else_);
                block(depth);
                return put_op(code_, Op::end);
            case 9:
            case 10:
                append(code_, Bytes{0x03, 0x40});  // loop without a result
                block(depth);
                narrow(depth + 1);
                put_op(code_, Op::br_if, 0);
                return put_op(code_, Op::end);
            case 11:  // memory.fill or memory.copy
                address(depth);
                narrow(depth + 1);
                narrow(depth + 1);
                if (choice() % 2 == 0) {
                    append(code_, Bytes{0xfc, 11, 0});
                } else {
                    append(code_, Bytes{0xfc, 10, 0, 0});
                }
                return;
            case 12:
                narrow(depth + 1);
                return put_op(code_, Op::drop);
            default:
                narrow(depth + 1);
                append(code_, Bytes{0x04, 0x40});
                if (choice() % 2 == 0) {
                    narrow(depth + 1);
                    put_op(code_, Op::return_);
                } else {
                    put_op(code_, Op::unreachable);
                }
                return put_op(code_, Op::end);
        }
    }
    void block(unsigned depth) {
        for (unsigned n = choice() % 4; n-- > 0;) statement(depth + 1);
    }
    void host(unsigned depth) {
        const auto index = choice() % kHostCount;
        for (const char letter : kHosts[index].params) letter == 'i' ? address(depth) : wide(depth + 1);
        put_op(code_, Op::call, index);
        put_op(code_, Op::drop);
    }
    // Mostly a small number, which is an address, a length or a handle that exists.
    void address(unsigned depth) {
        if (const auto n = choice(); n < 200) return put_const(code_, Op::i32_const, n);
        narrow(depth + 1);
    }
    void narrow(unsigned depth) {
        const auto kind = is_deep(depth) ? choice() % 3 : choice() % 13;
        switch (kind) {
            case 0:
                return put_const(code_, Op::i32_const, choice());
            case 1:
                return put_const(code_, Op::i32_const,
                                 static_cast<std::int32_t>(choice() << 24 | choice() << 12 | choice()));
            case 2:
                return put_op(code_, Op::local_get, choice() % kWideLocals);
            case 3:
            case 4:  // 0x6a to 0x78: arithmetic, division by zero included; 0x46 to 0x4f: comparisons
                narrow(depth + 1);
                narrow(depth + 1);
                return code_.push_back(
                    static_cast<std::uint8_t>(choice() % 2 == 0 ? 0x6a + choice() % 15 : 0x46 + choice() % 10));
            case 5:
                wide(depth + 1);
                return put_op(code_, static_cast<Op>(0xa7));  // i32.wrap_i64
            case 6:
                address(depth);
                append(code_, Bytes{0x28, 0});  // i32.load
                return put_uvarint(code_, choice());
            case 7:
                return append(code_, Bytes{0x3f, 0});  // memory.size
            case 8:
                put_const(code_, Op::i32_const, choice() << (choice() % 12));
                return append(code_, Bytes{0x40, 0});  // memory.grow
            case 9:
                narrow(depth + 1);
                return put_op(code_, Op::call, kHostCount + choice() % kFunctions);
            case 10:
                narrow(depth + 1);
                put_const(code_, Op::i32_const, choice() % 5);
                return append(code_, Bytes{0x11, kOwnType, 0});  // call_indirect
            case 11:
                append(code_, Bytes{0xd0, 0x70});  // ref.null func
                put_const(code_, Op::i32_const, choice() << (choice() % 10));
                return append(code_, Bytes{0xfc, 15, 0});  // table.grow
            default:
                wide(depth + 1);
                return put_op(code_, static_cast<Op>(0x50));  // i64.eqz
        }
    }
    void wide(unsigned depth) {
        switch (is_deep(depth) ? choice() % 3 : choice() % 6) {
            case 0:
                return put_const(code_, Op::i64_const, choice());
            case 1:
                return put_const(code_, Op::i64_const,
                                 static_cast<std::int64_t>(std::uint64_t{choice()} << (choice() % 64)));
            case 2:
                return put_op(code_, Op::local_get, kWideLocals + choice() % (kLocals - kWideLocals));
            case 3:
                wide(depth + 1);
                wide(depth + 1);
                return code_.push_back(static_cast<std::uint8_t>(0x7c + choice() % 15));  // arithmetic
            case 4:
                narrow(depth + 1);
                return put_op(code_, Op::i64_extend_i32_u);
            default:
                address(depth);
                append(code_, Bytes{0x29, 0});  // i64.load
                return put_uvarint(code_, choice());
        }
    }

    BytesView choices_;
    Bytes code_;
};

constexpr ActorId kCaller = 101;
constexpr ActorId kActor = 102;
constexpr std::uint64_t kGas = 20'000'000;

// Runs the module and returns all that consensus sees of it.
std::string run(const vm::ActorTable& table, const Bytes& module) {
    vm::testing::World world;
    world.add(kCaller, vm::ActorType::account, 1000);
    const Cid code = world.store.put(Codec::raw, module).value();
    const Cid empty = Cid::hash_of(Codec::dag_cbor, Bytes{0x80});
    world.tree.set(kActor, {.code = code, .head = empty, .sequence = 0, .balance = 77, .delegated_address = {}});
    vm::GasTracker gas(vm::gas(kGas));
    vm::CallManager calls(world.config, world.manifest, {world.no_world, world.no_world, table}, world.tree, gas,
                          {kCaller, Address::id(kCaller), 7, 0, kActor});
    std::string out;
    const auto ran = run_on_large_stack([&]() -> Status {
        const auto result = calls.call({kCaller, Address::id(kActor), 2, {}, 0, {}, false});
        if (!result) {
            out = "failure " + std::to_string(static_cast<int>(result.error().kind));
        } else {
            out = "exit code " + std::to_string(static_cast<std::uint32_t>(result->exit_code));
            if (result->data) out += " data " + std::string(as_text(*result->data->data));
        }
        return {};
    });
    STRATA_CHECK(ran.has_value());
    return out + " gas " + std::to_string(gas.used()) + " state " + world.tree.flush().value().to_string();
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const Bytes module = Author(BytesView(data, size)).module();
    const auto table = wasm_actors(Engine::make({}).value(), {});
    const auto cold = run(*table, module);
    std::string beside;
    std::thread other([&] { beside = run(*table, module); });
    const auto warm = run(*table, module);
    other.join();
    STRATA_CHECK(warm == cold && beside == cold);
    return 0;
}
