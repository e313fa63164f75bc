// Runs small modules through the VM. The gas is that of docs/protocol/fvm.md §5 and §6: 75,000 for the call, 0.4 for
// each byte of the first memory, 4 for an instruction, 52 for a guarded call instead of 4 (§6.3).
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include <strata/base/large_stack.hpp>
#include <strata/testing/temp_folder.hpp>
#include <strata/vm/default_kernel.hpp>
#include <strata/vm/test_world.hpp>
#include <strata/wasm/actor_table.hpp>
#include <strata/wasm/test_module.hpp>

namespace strata::wasm {
namespace {

using vm::CallResult;
using vm::ExitCode;
using vm::Syscall;
using Kind = vm::SyscallFailure::Kind;

constexpr ActorId kCaller = 101;
constexpr ActorId kActor = 102;
constexpr vm::Milligas kCall = vm::gas(75'000);
constexpr vm::Milligas kPage = 65'536 * 400;
// The thunk around an exported function: it gets its parameter and makes the guarded call.
constexpr vm::Milligas kThunk = vm::gas(4 + 52);

// The types (i32) -> (i32) and (i32, i32, i32, i32) -> (i32).
Bytes types() {
    return section(SectionId::type, {"60017f017f", "60047f7f7f7f017f"});
}

// A module that exports a memory of one page and an entry point with this code.
Bytes actor(std::string_view code) {
    return module_of({types(), section(SectionId::function, {"00"}), section(SectionId::memory, {"0001"}),
                      section(SectionId::export_, {"066d656d6f7279 0200", "06696e766f6b65 0000"}),
                      code_section({"00 " + std::string(code)})});
}
// Does the same with one imported function, which is function 0; its type is type 0 or 1.
Bytes actor_importing(std::string_view import, std::string_view code) {
    return module_of({types(), section(SectionId::import, {import}), section(SectionId::function, {"00"}),
                      section(SectionId::memory, {"0001"}),
                      section(SectionId::export_, {"066d656d6f7279 0200", "06696e766f6b65 0001"}),
                      code_section({"00 " + std::string(code)})});
}
constexpr std::string_view kExit = "02766d 0465786974 0001";                 // vm.exit of type 1
constexpr std::string_view kSetRoot = "0473656c66 087365745f726f6f74 0000";  // self.set_root of type 0

std::shared_ptr<Engine> shared_engine() {
    static const auto engine = Engine::make({}).value();
    return engine;
}

class InvocationTest : public ::testing::Test {
  protected:
    void SetUp() override { world_.add(kCaller, vm::ActorType::account, 1000); }

    void deploy(const Bytes& module, ActorId id = kActor) {
        const Cid code = world_.store.put(Codec::raw, module).value();
        world_.tree.set(id, {.code = code,
                             .head = Cid::hash_of(Codec::dag_cbor, Bytes{0x80}),
                             .sequence = 0,
                             .balance = 0,
                             .delegated_address = {}});
    }
    Syscall<CallResult> call() {
        gas_ = std::make_unique<vm::GasTracker>(vm::gas(limit_));
        vm::CallManager calls(world_.config, world_.manifest, {world_.no_world, world_.no_world, *table_}, world_.tree,
                              *gas_, {kCaller, Address::id(kCaller), 7, 0, kActor});
        std::optional<Syscall<CallResult>> out;
        const auto ran = run_on_large_stack([&]() -> Status {
            out = calls.call({kCaller, Address::id(kActor), 2, {}, 0, {}, false});
            return {};
        });
        STRATA_CHECK(ran.has_value());
        return std::move(*out);
    }
    vm::Milligas used() const { return gas_->used(); }

    vm::testing::World world_;
    std::unique_ptr<vm::ActorTable> table_ = wasm_actors(shared_engine(), {});
    std::uint64_t limit_ = 10'000'000'000;
    std::unique_ptr<vm::GasTracker> gas_;
};

TEST_F(InvocationTest, ACallPaysForItsMemoryAndItsInstructions) {
    deploy(actor("4100 0b"));  // i32.const 0
    const auto result = call();
    ASSERT_TRUE(result) << result.error().message;
    EXPECT_EQ(result->exit_code, ExitCode::ok);
    EXPECT_FALSE(result->data);
    EXPECT_EQ(used(), kCall + kPage + kThunk + vm::gas(4));
}

TEST_F(InvocationTest, TrapsOfTheCodeAreIllegalInstructions) {
    const std::string_view codes[] = {
        "00 0b",                   // unreachable
        "4100 4100 6d 0b",         // i32.div_s by zero
        "418080fcff07 280200 0b",  // i32.load far outside
        "2000 1000 0b",            // endless recursion, which the stack limiter ends
    };
    for (const auto code : codes) {
        deploy(actor(code));
        const auto result = call();
        ASSERT_TRUE(result) << code << ": " << result.error().message;
        EXPECT_EQ(result->exit_code, ExitCode::sys_illegal_instruction) << code;
    }
}

// Returns a module whose data, `segments`, lies in a memory of one page. It loads the byte at `at` (a number as WASM
// writes it), adds 1, stores it there and returns it as a block.
Bytes counting_actor(std::initializer_list<std::string_view> segments, std::string_view at) {
    const std::string place = "41" + std::string(at);
    const std::string load = place + " 2d0000 4101 6a";                         // i32.load8_u, i32.const 1, i32.add
    const std::string code = place + load + " 3a0000 " + place + " 2d0000 0b";  // i32.store8, i32.load8_u
    return module_of({types(), section(SectionId::function, {"00"}), section(SectionId::memory, {"0001"}),
                      section(SectionId::export_, {"066d656d6f7279 0200", "06696e766f6b65 0000"}),
                      code_section({"00 " + code}), section(SectionId::data, segments)});
}

// An unknown block is the only result here that depends on the data: block 0 is none, every other one is missing.
TEST_F(InvocationTest, EveryInstanceStartsWithTheDataOfTheModule) {
    // The second segment overwrites the end of the first: bytes 0 to 3 are 5, 6, 255, 8.
    deploy(counting_actor({"00 41000b 04 05060708", "00 41020b 01 ff"}, "02"));
    for (int i = 0; i < 3; ++i) EXPECT_EQ(call()->exit_code, ExitCode::ok) << "255 + 1 is 0 in a byte";
    deploy(counting_actor({"00 41000b 04 05060708", "00 41020b 01 ff"}, "03"));
    for (int i = 0; i < 3; ++i) EXPECT_EQ(call()->exit_code, ExitCode::sys_missing_return);
    // A different module in the same place of address space, without data: 0 + 1 is 1.
    deploy(counting_actor({"01 01 ff"}, "02"));
    for (int i = 0; i < 3; ++i) EXPECT_EQ(call()->exit_code, ExitCode::sys_missing_return);
    deploy(counting_actor({"00 41000b 04 05060708", "00 41020b 01 ff"}, "02"));
    EXPECT_EQ(call()->exit_code, ExitCode::ok);
}

// A segment that does not fit ends the instance, as with WASM's own rules.
TEST_F(InvocationTest, DataBehindTheMemoryIsAnIllegalInstruction) {
    deploy(counting_actor({"00 41ffff030b 02 0102"}, "02"));  // at 65,535
    EXPECT_EQ(call()->exit_code, ExitCode::sys_illegal_instruction);
    deploy(counting_actor({"00 41feff030b 02 01ff"}, "ffff03"));  // at 65,534: the last two bytes
    EXPECT_EQ(call()->exit_code, ExitCode::ok);
}

TEST_F(InvocationTest, AnUnknownReturnBlockIsMissing) {
    deploy(actor("4109 0b"));
    EXPECT_EQ(call()->exit_code, ExitCode::sys_missing_return);
}

TEST_F(InvocationTest, AnEndlessLoopRunsOutOfGas) {
    limit_ = 1'000'000;
    deploy(actor("0340 0c00 0b 4100 0b"));  // loop br 0 end
    const auto result = call();
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().kind, Kind::out_of_gas);
    EXPECT_EQ(used(), vm::gas(limit_));
}

TEST_F(InvocationTest, CodeThatCannotBeLinkedOrLoadedIsFatal) {
    const Bytes modules[] = {
        actor_importing("02766d 046e6f6e65 0000", "4100 0b"),  // vm.none
        actor_importing("02766d 0465786974 0000", "4100 0b"),  // vm.exit with a wrong type
        module_of({types(), section(SectionId::function, {"00"}), section(SectionId::export_, {"06696e766f6b65 0000"}),
                   code_section({"00 4100 0b"})}),  // no memory
        module_of({types(), section(SectionId::function, {"00"}), section(SectionId::memory, {"008140"}),
                   section(SectionId::export_, {"066d656d6f7279 0200", "06696e766f6b65 0000"}),
                   code_section({"00 4100 0b"})}),  // 8,193 pages
        to_bytes(as_bytes("not a module")),
    };
    for (const auto& module : modules) {
        deploy(module);
        const auto result = call();
        ASSERT_FALSE(result);
        EXPECT_EQ(result.error().kind, Kind::fatal) << result.error().message;
    }
}

TEST_F(InvocationTest, MissingCodeBreaksThisNode) {
    world_.tree.set(kActor, {.code = Cid::hash_of(Codec::raw, as_bytes("lost")),
                             .head = Cid::hash_of(Codec::dag_cbor, Bytes{0x80}),
                             .sequence = 0,
                             .balance = 0,
                             .delegated_address = {}});
    const auto result = call();
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().kind, Kind::broken);
}

TEST_F(InvocationTest, AnActorCannotExitWithACodeOfTheSystem) {
    const auto exit_with = [&](std::string_view code, std::string_view block = "4100") {
        deploy(actor_importing(kExit, "41" + std::string(code) + " " + std::string(block) + " 4100 4100 1000 0b"));
        return call();
    };
    EXPECT_EQ(exit_with("10")->exit_code, ExitCode::illegal_argument);
    EXPECT_EQ(exit_with("05")->exit_code, ExitCode::sys_illegal_exit_code);
    EXPECT_EQ(exit_with("00")->exit_code, ExitCode::ok);
    // An exit with a block that does not exist is fatal, even with code 0.
    EXPECT_EQ(exit_with("00", "4107").error().kind, Kind::fatal);
}

TEST_F(InvocationTest, AHostCallThatFailsReturnsItsNumber) {
    // set_root of a CID outside the memory: the entry point returns the error number as a block handle, which does not
    // exist.
    deploy(actor_importing(kSetRoot, "418080fcff07 1000 0b"));
    EXPECT_EQ(call()->exit_code, ExitCode::sys_missing_return);
    // 14,000 for the host call; the guest makes a constant and two calls, of which the host's is not guarded.
    EXPECT_EQ(used(), kCall + kPage + kThunk + vm::gas(8) + vm::gas(14'000));
}

TEST_F(InvocationTest, GrowthBeyondTheLimitsIsRefusedAndNotATrap) {
    // Returns 0 if the memory has as many pages as expected.
    const auto grow = [&](std::string_view pages, std::string_view answer) {
        deploy(actor("41" + std::string(pages) + " 4000 41" + std::string(answer) + " 47 0b"));  // memory.grow, i32.ne
        const auto result = call();
        ASSERT_TRUE(result) << result.error().message;
        EXPECT_EQ(result->exit_code, ExitCode::ok) << pages;
        EXPECT_FALSE(result->data);
    };
    grow("01", "01");      // one page more
    grow("ff3f", "01");    // 8,191 pages more, which makes 512 MiB
    grow("80c000", "7f");  // 8,192 pages more: -1
}

TEST(EngineTest, CodeIsCompiledOnceHoweverManyAsk) {
    const auto engine = Engine::make({}).value();
    const Bytes module = actor("4100 0b");
    const Cid code = Cid::hash_of(Codec::raw, module);
    std::atomic<int> loads = 0;
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 4; ++i)
            threads.emplace_back([&] {
                const auto found = engine->module(code, Generation::four, [&]() -> Result<Bytes> {
                    ++loads;
                    return module;
                });
                EXPECT_TRUE(found && (*found)->refusal.empty() && (*found)->has_invoke && (*found)->invoke_fits);
            });
    }
    EXPECT_EQ(loads, 1);
}

TEST(EngineTest, CompiledCodeIsKeptAndADamagedFileIsCompiledAgain) {
    const testing::TempFolder folder;
    const auto cache = folder / "cache";
    const Bytes module = actor("4100 0b");
    const Cid code = Cid::hash_of(Codec::raw, module);
    const auto compile = [&] {
        const auto engine = Engine::make({.cache = cache}).value();
        const auto found = engine->module(code, Generation::four, [&]() -> Result<Bytes> { return module; });
        EXPECT_TRUE(found && (*found)->refusal.empty() && (*found)->min_memory == 65'536);
    };
    compile();
    const auto files = [&] { return std::distance(std::filesystem::directory_iterator(cache), {}); };
    ASSERT_EQ(files(), 1);
    const auto path = std::filesystem::directory_iterator(cache)->path();
    compile();  // from the file
    std::filesystem::resize_file(path, std::filesystem::file_size(path) - 1);
    compile();
    EXPECT_EQ(files(), 1);
    const auto size = std::filesystem::file_size(path);
    compile();
    EXPECT_EQ(std::filesystem::file_size(path), size);
}

TEST(EngineTest, ACacheThatOthersCanWriteIsRefused) {
    const testing::TempFolder folder;
    // make() takes away the permissions of others, so only a folder of somebody else can be wrong.
    if (::geteuid() == 0) {
        ASSERT_EQ(::chown(folder.path().c_str(), 12'345, 12'345), 0);
        EXPECT_EQ(Engine::make({.cache = folder.path()}).error().code(), Errc::verification);
    } else {
        GTEST_SKIP() << "only root can make a folder of somebody else";
    }
}

}  // namespace
}  // namespace strata::wasm
