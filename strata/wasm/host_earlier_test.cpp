// Runs small modules that import host functions of generations 2 and 3. What they answer and cost is that of
// fvm@v2.12.2 and fvm@v3.14.2, fvm/src/syscalls, fvm/src/kernel/default.rs and fvm/src/gas/price_list.rs.
#include <gtest/gtest.h>

#include <strata/base/large_stack.hpp>
#include <strata/vm/test_world.hpp>
#include <strata/wasm/actor_table.hpp>
#include <strata/wasm/test_module.hpp>

namespace strata::wasm {
namespace {

using vm::CallResult;
using vm::ErrorNumber;
using vm::ExitCode;
using vm::Syscall;
using Kind = vm::SyscallFailure::Kind;

constexpr ActorId kCaller = 101;
constexpr ActorId kActor = 102;

std::string name(std::string_view text) {
    return to_hex(Bytes{static_cast<std::uint8_t>(text.size())}) + to_hex(as_bytes(text));
}

// An imported function, and the code of an entry point that calls it.
struct Import {
    std::string_view module;
    std::string_view function;
    std::string_view type;  // the function's type in hexadecimal
};
constexpr Import kEmitEvent = {"event", "emit_event", "60027f7f017f"};
constexpr Import kTipsetCid = {"network", "tipset_cid", "60047f7e7f7f017f"};
constexpr Import kSelfDestruct = {"self", "self_destruct", "60027f7f017f"};
constexpr Import kAbort = {"vm", "abort", "60037f7f7f017f"};
constexpr Import kContext = {"vm", "context", "60017f017f"};
constexpr Import kCharge = {"gas", "charge", "60037f7f7e017f"};
constexpr Import kResolve = {"actor", "resolve_address", "60037f7f7f017f"};
constexpr Import kSend = {"send", "send", "60077f7f7f7e7f7e7e017f"};

// A module with a memory of one page that begins with `data`.
Bytes module_calling(const Import& import, std::string_view code, const Bytes& data = Bytes{0}) {
    const std::string entry = name(import.module) + name(import.function) + "0001";
    const std::string segment = "00 4100 0b" + to_hex(Bytes{static_cast<std::uint8_t>(data.size())}) + to_hex(data);
    return module_of({section(SectionId::type, {"60017f017f", import.type}), section(SectionId::import, {entry}),
                      section(SectionId::function, {"00"}), section(SectionId::memory, {"0001"}),
                      section(SectionId::export_, {"066d656d6f7279 0200", "06696e766f6b65 0001"}),
                      code_section({"00 " + std::string(code)}), section(SectionId::data, {segment})});
}
// Code that calls the import and traps if it does not return `number`. It has 5 instructions besides the arguments.
std::string call_for(std::string_view arguments, ErrorNumber number) {
    return std::string(arguments) + " 1000 41" + to_hex(Bytes{static_cast<std::uint8_t>(number)}) +
           " 47 0440 00 0b 4100 0b";
}

class EarlierTest : public ::testing::Test {
  protected:
    void start(NetworkVersion version, const Bytes& module) {
        world_ = std::make_unique<vm::testing::World>(version);
        world_->config.network.epoch = 1000;
        world_->config.network.base_fee = 100;
        world_->add(kCaller, vm::ActorType::account, 1000);
        const Cid code = Cid::hash_of(Codec::raw, module);
        world_->manifest.add(vm::ActorType::multisig, code);
        world_->add(kActor, vm::ActorType::multisig, 50);
        auto bundle = std::make_shared<Bundle>();
        bundle->manifest = world_->manifest;
        bundle->codes[code] = module;
        static const auto engine = Engine::make({}).value();
        table_ = wasm_actors(engine, {bundle});
    }
    Syscall<CallResult> call(bool read_only = false) {
        gas_ = std::make_unique<vm::GasTracker>(vm::gas(10'000'000));
        vm::CallManager calls(world_->config, world_->manifest, {world_->no_world, world_->no_world, *table_},
                              world_->tree, *gas_, {kCaller, Address::id(kCaller), 7, 0, kActor});
        std::optional<Syscall<CallResult>> out;
        const auto ran = run_on_large_stack([&]() -> Status {
            out = calls.call({kCaller, Address::id(kActor), 2, {}, 0, {}, read_only});
            return {};
        });
        STRATA_CHECK(ran.has_value());
        events_ = calls.take_events();
        return std::move(*out);
    }
    // Runs a module and expects that its import returns `number`.
    void expect(ErrorNumber number, NetworkVersion version, const Import& import, std::string_view arguments,
                const Bytes& data = Bytes{0}, bool read_only = false) {
        start(version, module_calling(import, call_for(arguments, number), data));
        const auto result = call(read_only);
        ASSERT_TRUE(result) << import.function << ": " << result.error().message;
        EXPECT_EQ(result->exit_code, ExitCode::ok)
            << import.function << " does not return " << static_cast<int>(number);
    }
    std::unique_ptr<vm::testing::World> world_;
    std::unique_ptr<vm::ActorTable> table_;
    std::unique_ptr<vm::GasTracker> gas_;
    std::vector<vm::StampedEvent> events_;
};

constexpr ErrorNumber kFine{};

// The call, the first page, the thunk and the code of call_for() with two constants as arguments, the host call.
constexpr std::uint64_t kTwoArguments18 = 75'000 + 26'214 + 56 + 7 * 4 + 14'000;

TEST_F(EarlierTest, AnEventOfGeneration3IsPaidByItsEncodedSize) {
    const Bytes event = hex("81 84 03 62 7431 18 55 42 0102");  // [[3, "t1", 85, h'0102']]
    expect(kFine, 18, kEmitEvent, "4100 410b", event);
    // 2.4 and 25 for each of 11 bytes; 2.4 and 12.8 for each of 12 bytes more. The first page costs 26,214.4.
    EXPECT_EQ(gas_->used(), vm::gas(kTwoArguments18 + 1'750) + 400 + 11 * 27'400 + 23 * 15'200);
    ASSERT_EQ(events_.size(), 1U);
    EXPECT_EQ(events_[0].emitter, kActor);
    ASSERT_EQ(events_[0].entries.size(), 1U);
    EXPECT_EQ(events_[0].entries[0].key, "t1");
    EXPECT_EQ(events_[0].entries[0].value, (Bytes{1, 2}));
}

TEST_F(EarlierTest, AnEventOfGeneration3ThatIsNotOneIsRefused) {
    const auto refused = [&](ErrorNumber number, std::string_view event) {
        const Bytes bytes = hex(event);
        expect(number, 18, kEmitEvent, "4100 41" + to_hex(Bytes{static_cast<std::uint8_t>(bytes.size())}), bytes);
        EXPECT_TRUE(events_.empty());
    };
    refused(ErrorNumber::illegal_codec, "81 84 03 62 7431 18 71 42 0102");        // DAG-CBOR
    refused(ErrorNumber::illegal_codec, "81 84 03 62 7431 18 51 42 0102");        // CBOR, which generation 4 allows
    refused(ErrorNumber::illegal_argument, "81 84 03 62 7431 18 55 42 01");       // cut off
    refused(ErrorNumber::illegal_argument, "81 84 03 62 7431 18 55 42 0102 00");  // followed by something
    refused(ErrorNumber::illegal_argument, "81 84 03 61 ff 18 55 40");            // a key that is not UTF-8
    refused(ErrorNumber::illegal_argument, "81 84 03 7821" + std::string(66, '6') + "18 55 40");  // a key of 33 bytes
    // A key of 32 bytes and unknown flags are fine.
    expect(kFine, 18, kEmitEvent, "4100 4128", hex("81 84 07 7820" + std::string(64, '6') + "18 55 40"));
    EXPECT_EQ(events_.at(0).entries.at(0).flags, 7U);
    expect(ErrorNumber::illegal_argument, 18, kEmitEvent, "4100 418080fcff07");  // outside the memory
    expect(ErrorNumber::read_only, 18, kEmitEvent, "4100 4101", hex("80"), /*read_only=*/true);
}

TEST_F(EarlierTest, Generation3ReturnsTipsetsUpToFinality) {
    const auto at = [](std::string_view epoch) { return "41c000 42" + std::string(epoch) + " 418001 412c"; };
    expect(kFine, 18, kTipsetCid, at("e707"));  // 999
    EXPECT_EQ(gas_->used(), vm::gas(75'000 + 26'214 + 56 + 9 * 4 + 14'000 + 50'000) + 400);
    expect(kFine, 18, kTipsetCid, at("e500"));  // 101
    EXPECT_EQ(gas_->used(), vm::gas(75'000 + 26'214 + 56 + 9 * 4 + 14'000 + 215'000) + 400);
    expect(ErrorNumber::illegal_argument, 18, kTipsetCid, at("e400"));  // 100, which lies 900 back
    expect(ErrorNumber::illegal_argument, 18, kTipsetCid, at("e807"));  // the current one
    expect(ErrorNumber::illegal_argument, 18, kTipsetCid, at("7f"));    // -1
    EXPECT_EQ(gas_->used(), vm::gas(75'000 + 26'214 + 56 + 9 * 4 + 14'000) + 400);
    expect(ErrorNumber::buffer_too_small, 18, kTipsetCid, "41c000 42e707 418001 4105");
}

TEST_F(EarlierTest, ADestroyedActorLeavesItsFundsToSomebody) {
    for (const NetworkVersion version : {17U, 18U}) {
        expect(kFine, version, kSelfDestruct, "4100 4102", hex("0065"));
        EXPECT_FALSE(world_->tree.get(kActor).value());
        EXPECT_EQ(world_->balance(kCaller), BigInt(1050));
        expect(ErrorNumber::forbidden, version, kSelfDestruct, "4100 4102", hex("0066"));
        EXPECT_TRUE(world_->tree.get(kActor).value());
        expect(ErrorNumber::illegal_argument, version, kSelfDestruct, "4100 4102", hex("0900"));
    }
    expect(ErrorNumber::read_only, 18, kSelfDestruct, "4100 4102", hex("0065"), /*read_only=*/true);
}

TEST_F(EarlierTest, InGeneration2AnInstanceCostsNothing) {
    expect(kFine, 17, kContext, "41c000");
    EXPECT_EQ(gas_->used(), vm::gas(29'233 - 5'377 + 56 + 6 * 4 + 14'000));
}

TEST_F(EarlierTest, InGeneration2OneFunctionTellsMessageAndNetwork) {
    // Compares the receiver (at 24), the method (32), the epoch (40) and the network version (48).
    const auto differs = [](std::string_view load, std::string_view expected, std::string_view compare) {
        return "41c000 " + std::string(load) + " " + std::string(expected) + " " + std::string(compare) +
               " 0440 00 0b ";
    };
    start(17, module_calling(kContext, "41c000 1000 1a " + differs("290018", "42e600", "52") +
                                           differs("290020", "4202", "52") + differs("290028", "42e807", "52") +
                                           differs("280030", "4111", "47") + "4100 0b"));
    EXPECT_EQ(call()->exit_code, ExitCode::ok);
}

TEST_F(EarlierTest, InGeneration2AnActorAbortsWithItsOwnCodesOnly) {
    const auto abort_with = [&](std::string_view code) {
        start(17, module_calling(kAbort, "41" + std::string(code) + " 4100 4100 1000 0b"));
        return call()->exit_code;
    };
    EXPECT_EQ(abort_with("10"), ExitCode::illegal_argument);
    EXPECT_EQ(abort_with("0f"), ExitCode::sys_illegal_exit_code);
    EXPECT_EQ(abort_with("00"), ExitCode::sys_illegal_exit_code);
}

TEST_F(EarlierTest, InGeneration2AnActorMayGiveGasBack) {
    expect(kFine, 17, kCharge, "4100 4100 42e400");  // 100
    const auto more = gas_->used();
    expect(kFine, 17, kCharge, "4100 4100 429c7f");  // -100
    EXPECT_EQ(gas_->used() + vm::gas(200), more);
}

TEST_F(EarlierTest, InGeneration2ThereAreNoDelegatedAddresses) {
    const Bytes address = to_bytes(Address::delegated(kEamId, Bytes(20, 1)).bytes());
    expect(ErrorNumber::illegal_argument, 17, kResolve, "41c000 4100 4116", address);
    expect(ErrorNumber::not_found, 18, kResolve, "41c000 4100 4116", address);
}

TEST_F(EarlierTest, InGeneration2ASendHasNeitherGasLimitNorFlags) {
    expect(kFine, 17, kSend, "41c000 4100 4102 4200 4100 4200 4205", hex("0065"));
    EXPECT_EQ(world_->balance(kCaller), BigInt(1005));
    expect(ErrorNumber::insufficient_funds, 17, kSend, "41c000 4100 4102 4200 4100 4201 4200", hex("0065"));
}

// The instructions up to the call, 8 + 4, are charged once, unlike in later generations.
TEST_F(EarlierTest, InGeneration2AResultWithoutSpaceIsNotChargedTwice) {
    expect(ErrorNumber::illegal_argument, 17, kContext, "418080fcff07");
    EXPECT_EQ(gas_->used(), vm::gas(29'233 - 5'377 + 56 + 6 * 4 + 14'000));
}

TEST_F(EarlierTest, FunctionsOfOtherGenerationsCannotBeLinked) {
    const std::pair<NetworkVersion, Import> cases[] = {
        {17, {"vm", "exit", "60047f7f7f7f017f"}},
        {17, kEmitEvent},
        {17, kTipsetCid},
        {18, kAbort},
        {18, kContext},
        {28, kEmitEvent},
    };
    for (const auto& [version, import] : cases) {
        start(version, module_calling(import, "4100 0b"));
        EXPECT_EQ(call().error().kind, Kind::fatal) << import.function;
    }
}

TEST_F(EarlierTest, InGeneration2MemoryBeyondOurLimitsBreaksThisNode) {
    start(17, module_calling(kContext, "4180c000 4000 1a 4100 0b"));  // 8,192 pages more
    EXPECT_EQ(call().error().kind, Kind::broken);
}

}  // namespace
}  // namespace strata::wasm
