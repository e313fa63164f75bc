// Tests the rules of docs/protocol/fvm.md §4.3 to §4.7, each with a native actor of the test's own.
#include <gtest/gtest.h>

#include <strata/vm/default_kernel.hpp>
#include <strata/vm/test_world.hpp>

namespace strata::vm {
namespace {

using testing::send_to;

constexpr ActorId kCaller = 101;
constexpr ActorId kActor = 102;  // the actor to which the test gives code, such as a multisig or a market
constexpr ActorId kOther = 103;

Syscall<ActorExit> done() {
    return ActorExit{};
}
ActorExit exits(ExitCode code) {
    return {code, kNoBlock, "the test asked for this exit"};
}

class CallTest : public ::testing::Test {
  protected:
    void SetUp() override {
        world_.add(kCaller, ActorType::account, 1000);
        world_.add(kActor, ActorType::multisig, 100);
        world_.add(kOther, ActorType::payment_channel, 0);
    }
    // Sends a message from the caller to `to`; the receiver counts as read, as it does for the executor.
    Syscall<CallResult> call(ActorId to, MethodNumber method, const TokenAmount& value = 0) {
        gas_ = std::make_unique<GasTracker>(gas(limit_));
        calls_ = std::make_unique<CallManager>(world_.config, world_.manifest, world_.doors(), world_.tree, *gas_,
                                               CallManager::Origin{kCaller, Address::id(kCaller), 7, 0, to});
        return calls_->call({kCaller, Address::id(to), method, {}, value, {}, false});
    }
    std::uint64_t used() const { return gas_->gas_used(); }

    testing::World world_;
    std::uint64_t limit_ = 10'000'000'000;
    std::unique_ptr<GasTracker> gas_;
    std::unique_ptr<CallManager> calls_;
};

TEST_F(CallTest, MethodZeroMovesValueAndRunsNoCode) {
    world_.code(ActorType::multisig, [](Kernel&, BlockId) { return Syscall<ActorExit>(exits(ExitCode::forbidden)); });
    ASSERT_EQ(call(kActor, 0, 30)->exit_code, ExitCode::ok);
    EXPECT_EQ(world_.balance(kCaller), BigInt(970));
    EXPECT_EQ(world_.balance(kActor), BigInt(130));
    EXPECT_EQ(used(), 6'000U + 475'000U);  // the transfer, the receiver's first update
}

TEST_F(CallTest, ReceiverThatIsMissingOrPoorSender) {
    EXPECT_EQ(call(555, 0).error().number, ErrorNumber::not_found);
    EXPECT_EQ(call(kActor, 0, 1001).error().number, ErrorNumber::insufficient_funds);
    EXPECT_EQ(call(kActor, 0, -1).error().number, ErrorNumber::illegal_argument);
    EXPECT_EQ(call(kCaller, 0, 1000)->exit_code, ExitCode::ok);  // a transfer to itself is checked and changes nothing
    EXPECT_EQ(call(kCaller, 0, 1001).error().number, ErrorNumber::insufficient_funds);
    EXPECT_EQ(world_.balance(kCaller), BigInt(1000));
}

TEST_F(CallTest, NestsToADepthOf1024) {
    unsigned deepest = 0;
    ErrorNumber refused{};
    world_.code(ActorType::multisig, [&](Kernel& kernel, BlockId) -> Syscall<ActorExit> {
        ++deepest;
        const auto sent = kernel.send(send_to(kActor, 2));
        if (!sent) refused = sent.error().number;
        return done();
    });
    ASSERT_EQ(call(kActor, 2)->exit_code, ExitCode::ok);
    EXPECT_EQ(deepest, 1024U);
    EXPECT_EQ(refused, ErrorNumber::limit_exceeded);
}

TEST_F(CallTest, FailedSubcallIsRolledBackWithItsEventsAndItsGasIsGone) {
    world_.code(ActorType::payment_channel, [](Kernel& kernel, BlockId) -> Syscall<ActorExit> {
        const EventEntry entry{.flags = 1, .key = "k", .codec = Codec::raw, .value = {1}};
        STRATA_OK(kernel.emit_event({&entry, 1}));
        STRATA_TRY(const auto sent, kernel.send(send_to(kCaller, 0, 5)));
        EXPECT_EQ(sent.exit_code, ExitCode::ok);
        return exits(static_cast<ExitCode>(40));
    });
    ExitCode seen{};
    std::uint64_t before = 0;
    std::uint64_t after = 0;
    world_.code(ActorType::multisig, [&](Kernel& kernel, BlockId) -> Syscall<ActorExit> {
        const EventEntry entry{.flags = 0, .key = "kept", .codec = Codec::raw, .value = {2}};
        STRATA_OK(kernel.emit_event({&entry, 1}));
        STRATA_TRY(before, kernel.gas_available());
        STRATA_TRY(const auto sent, kernel.send(send_to(kOther, 2, 10)));
        STRATA_TRY(after, kernel.gas_available());
        seen = sent.exit_code;
        return done();
    });
    ASSERT_EQ(call(kActor, 2)->exit_code, ExitCode::ok);
    EXPECT_EQ(seen, static_cast<ExitCode>(40));
    EXPECT_EQ(world_.balance(kActor), BigInt(100));
    EXPECT_EQ(world_.balance(kOther), BigInt(0));
    EXPECT_EQ(world_.balance(kCaller), BigInt(1000));
    EXPECT_LT(after + 75'000, before);
    const auto events = calls_->take_events();
    ASSERT_EQ(events.size(), 1U);
    EXPECT_EQ(events[0].emitter, kActor);
    EXPECT_EQ(events[0].entries[0].key, "kept");
}

TEST_F(CallTest, ReadOnlyIsInheritedAndForbidsEveryChange) {
    std::vector<ErrorNumber> errors;
    const auto note = [&](const auto& result) { errors.push_back(result ? ErrorNumber{} : result.error().number); };
    world_.code(ActorType::payment_channel, [&](Kernel& kernel, BlockId) -> Syscall<ActorExit> {
        EXPECT_TRUE(kernel.message().read_only);
        note(kernel.send(send_to(kCaller, 0, 1)));
        note(kernel.set_root(Cid::hash_of(Codec::dag_cbor, Bytes{0x80})));
        note(kernel.emit_event({}));
        note(kernel.self_destruct(true));
        auto fresh = send_to(0);
        fresh.to = Address::secp256k1(Bytes(65, 4));
        note(kernel.send(fresh));
        EXPECT_TRUE(kernel.send(send_to(kCaller)));  // no value moves
        return done();
    });
    world_.code(ActorType::multisig, [&](Kernel& kernel, BlockId) -> Syscall<ActorExit> {
        auto params = send_to(kOther, 2);
        params.read_only = true;
        STRATA_TRY(const auto sent, kernel.send(params));
        EXPECT_EQ(sent.exit_code, ExitCode::ok);
        EXPECT_FALSE(kernel.message().read_only);
        return done();
    });
    ASSERT_EQ(call(kActor, 2)->exit_code, ExitCode::ok);
    EXPECT_EQ(errors, std::vector<ErrorNumber>(5, ErrorNumber::read_only));
}

TEST_F(CallTest, SubcallOutOfItsAllowanceIsAnExitCodeForTheCaller) {
    world_.code(ActorType::payment_channel, [](Kernel& kernel, BlockId) -> Syscall<ActorExit> {
        STRATA_OK(kernel.charge_gas("work", 1'000'000));
        return done();
    });
    SendResult seen;
    world_.code(ActorType::multisig, [&](Kernel& kernel, BlockId) -> Syscall<ActorExit> {
        auto params = send_to(kOther, 2, 1);
        params.gas_limit = 900'000;
        STRATA_TRY(seen, kernel.send(params));
        return done();
    });
    ASSERT_EQ(call(kActor, 2)->exit_code, ExitCode::ok);
    EXPECT_EQ(seen.exit_code, ExitCode::sys_out_of_gas);
    EXPECT_EQ(seen.return_id, kNoBlock);
    EXPECT_EQ(world_.balance(kOther), BigInt(0));
}

TEST_F(CallTest, OutOfGasOfTheWholeMessageEndsIt) {
    limit_ = 500'000;
    bool returned = false;
    world_.code(ActorType::payment_channel, [](Kernel& kernel, BlockId) -> Syscall<ActorExit> {
        STRATA_OK(kernel.charge_gas("work", 10'000'000));
        return done();
    });
    world_.code(ActorType::multisig, [&](Kernel& kernel, BlockId) -> Syscall<ActorExit> {
        auto params = send_to(kOther, 2);
        params.gas_limit = 100'000'000;
        const auto sent = kernel.send(params);
        returned = sent.has_value();
        if (!sent) return sent.error();
        return done();
    });
    const auto result = call(kActor, 2);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().kind, SyscallFailure::Kind::out_of_gas);
    EXPECT_FALSE(returned);
    EXPECT_EQ(used(), limit_);
}

TEST_F(CallTest, SendToAKeyMakesAnAccountOnce) {
    const Address key = Address::secp256k1(Bytes(65, 4));
    const auto send = [&] {
        gas_ = std::make_unique<GasTracker>(gas(limit_));
        calls_ = std::make_unique<CallManager>(world_.config, world_.manifest, world_.doors(), world_.tree, *gas_,
                                               CallManager::Origin{kCaller, Address::id(kCaller), 7, 0, {}});
        return calls_->call({kCaller, key, 0, {}, 3, {}, false});
    };
    ASSERT_EQ(send()->exit_code, ExitCode::ok);
    EXPECT_EQ(world_.tree.resolve(key).value(), 1000U);
    EXPECT_EQ(world_.balance(1000), BigInt(3));
    EXPECT_GT(used(), 2'700'000U + 500'000U + 475'000U + 75'000U + 6'000U - 1U);
    ASSERT_EQ(send()->exit_code, ExitCode::ok);
    EXPECT_EQ(world_.balance(1000), BigInt(6));
}

TEST_F(CallTest, AddressesThatNobodyCanHaveAreNotFound) {
    const auto send = [&](const Address& to) {
        gas_ = std::make_unique<GasTracker>(gas(limit_));
        calls_ = std::make_unique<CallManager>(world_.config, world_.manifest, world_.doors(), world_.tree, *gas_,
                                               CallManager::Origin{kCaller, Address::id(kCaller), 7, 0, {}});
        return calls_->call({kCaller, to, 0, {}, 0, {}, false});
    };
    EXPECT_EQ(send(Address::actor(as_bytes("x"))).error().number, ErrorNumber::not_found);
    EXPECT_EQ(send(Address::delegated(32, Bytes(20, 1))).error().number, ErrorNumber::not_found);
    Bytes zero_key(48, 0);
    zero_key[0] = 0xc0;
    EXPECT_EQ(send(Address::bls(zero_key)).error().number, ErrorNumber::illegal_argument);
    EXPECT_EQ(send(Address::delegated(kEamId, Bytes(20, 1)))->exit_code, ExitCode::ok);  // a placeholder
}

TEST_F(CallTest, OnlyInitCreatesActorsAndTheAddressCounterNeverGoesBack) {
    std::vector<Address> addresses;
    world_.code(ActorType::multisig, [&](Kernel& kernel, BlockId) -> Syscall<ActorExit> {
        const auto refused = kernel.create_actor(2000, world_.manifest.codes.at(ActorType::multisig), {});
        EXPECT_EQ(refused.error().number, ErrorNumber::forbidden);
        for (int i = 0; i < 2; ++i) {
            STRATA_OK(kernel.send(send_to(kInitId, 2)));
            STRATA_TRY(addresses.emplace_back(), kernel.next_actor_address());
        }
        return done();
    });
    world_.code(ActorType::init, [&](Kernel& kernel, BlockId) -> Syscall<ActorExit> {
        STRATA_OK(kernel.create_actor(2000, world_.manifest.codes.at(ActorType::multisig), {}));
        EXPECT_EQ(kernel.create_actor(2000, world_.manifest.codes.at(ActorType::multisig), {}).error().number,
                  ErrorNumber::forbidden);
        EXPECT_EQ(kernel.create_actor(2001, world_.manifest.codes.at(ActorType::placeholder), {}).error().number,
                  ErrorNumber::forbidden);
        return exits(ExitCode::illegal_state);
    });
    ASSERT_EQ(call(kActor, 2)->exit_code, ExitCode::ok);
    EXPECT_FALSE(world_.tree.get(2000).value());
    ASSERT_EQ(addresses.size(), 2U);
    // The address depends on origin, nonce and the number of actors created so far, rolled back or not
    // (docs/protocol/fvm.md §1.2).
    const auto expected = [](std::uint64_t created) {
        CborWriter w;
        encode(w, Address::id(kCaller));
        Bytes seed = w.take();
        ByteArray<16> numbers;
        store_be<std::uint64_t>(numbers.data(), 7);
        store_be<std::uint64_t>(numbers.data() + 8, created);
        append(seed, numbers);
        return Address::actor(seed);
    };
    EXPECT_EQ(addresses[0], expected(1));
    EXPECT_EQ(addresses[1], expected(2));
}

TEST_F(CallTest, BlocksMustBeReachable) {
    const Cid secret = world_.store.put(Codec::dag_cbor, Bytes{0x01}).value();
    world_.code(ActorType::multisig, [&](Kernel& kernel, BlockId) -> Syscall<ActorExit> {
        EXPECT_EQ(kernel.block_open(secret).error().number, ErrorNumber::not_found);
        EXPECT_EQ(kernel.set_root(secret).error().number, ErrorNumber::not_found);
        CborWriter w;
        w.link(secret);
        EXPECT_EQ(kernel.block_create(Codec::dag_cbor, w.view()).error().number, ErrorNumber::not_found);
        EXPECT_TRUE(kernel.block_create(Codec::cbor, w.view()));  // its links are not scanned
        STRATA_TRY(const auto id, kernel.block_create(Codec::dag_cbor, Bytes{0x02}));
        EXPECT_EQ(kernel.block_link(id, HashCode::sha2_256, 32).error().number, ErrorNumber::illegal_cid);
        EXPECT_EQ(kernel.block_link(99, HashCode::blake2b_256, 32).error().number, ErrorNumber::invalid_handle);
        STRATA_TRY(const auto cid, kernel.block_link(id, HashCode::blake2b_256, 32));
        EXPECT_TRUE(kernel.block_open(cid));
        STRATA_OK(kernel.set_root(cid));
        STRATA_TRY(const auto root, kernel.root());
        EXPECT_EQ(root, cid);
        std::vector<std::uint8_t> out(4);
        STRATA_TRY(const auto rest, kernel.block_read(id, 0, out));
        EXPECT_EQ(rest, -3);
        EXPECT_EQ(out[0], 0x02);
        EXPECT_EQ(kernel.block_create(Codec::raw, Bytes(kMaxBlockSize + 1)).error().number,
                  ErrorNumber::limit_exceeded);
        return done();
    });
    ASSERT_EQ(call(kActor, 2)->exit_code, ExitCode::ok);
}

TEST_F(CallTest, ADestroyedActorIsGoneWithinTheMessage) {
    world_.code(ActorType::payment_channel, [](Kernel& kernel, BlockId) -> Syscall<ActorExit> {
        EXPECT_EQ(kernel.self_destruct(false).error().number, ErrorNumber::illegal_operation);
        STRATA_OK(kernel.self_destruct(true));
        return done();
    });
    world_.add(kBurntFundsId, ActorType::account, 0);
    world_.code(ActorType::multisig, [](Kernel& kernel, BlockId) -> Syscall<ActorExit> {
        STRATA_OK(kernel.send(send_to(kOther, 2, 20)));
        EXPECT_EQ(kernel.send(send_to(kOther)).error().number, ErrorNumber::not_found);
        return done();
    });
    ASSERT_EQ(call(kActor, 2)->exit_code, ExitCode::ok);
    EXPECT_FALSE(world_.tree.get(kOther).value());
    EXPECT_EQ(world_.balance(kBurntFundsId), BigInt(20));
}

TEST_F(CallTest, EventsAreCheckedInTheOrderOfTheReference) {
    std::vector<ErrorNumber> errors;
    world_.code(ActorType::multisig, [&](Kernel& kernel, BlockId) -> Syscall<ActorExit> {
        const auto emit = [&](std::vector<EventEntry> entries) {
            const auto result = kernel.emit_event(entries);
            errors.push_back(result ? ErrorNumber{} : result.error().number);
        };
        emit(std::vector<EventEntry>(256, {.flags = 0, .key = "k", .codec = Codec::raw, .value = {}}));
        emit({{.flags = 0, .key = "k", .codec = Codec::raw, .value = Bytes(8193)}});
        emit({{.flags = 0, .key = "\xff", .codec = Codec::raw, .value = {}}});
        emit({{.flags = 4, .key = "k", .codec = Codec::raw, .value = {}}});
        emit({{.flags = 0, .key = std::string(32, 'k'), .codec = Codec::raw, .value = {}}});
        emit({{.flags = 0, .key = "k", .codec = Codec::dag_cbor, .value = {}}});
        emit({{.flags = 3, .key = std::string(31, 'k'), .codec = Codec::cbor, .value = Bytes(8192)}});
        return done();
    });
    ASSERT_EQ(call(kActor, 2)->exit_code, ExitCode::ok);
    using E = ErrorNumber;
    EXPECT_EQ(errors, (std::vector<E>{E::limit_exceeded, E::limit_exceeded, E::illegal_argument, E::illegal_argument,
                                      E::limit_exceeded, E::illegal_codec, E{}}));
}

TEST_F(CallTest, TypesWithoutCodeHereSayUnhandled) {
    world_.add(104, ActorType::evm, 0);
    EXPECT_EQ(call(104, 2)->exit_code, ExitCode::unhandled_message);
}

}  // namespace
}  // namespace strata::vm
