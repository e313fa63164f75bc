// Tests the rules of network versions 16 and 17, each with an actor of the test's own. Source: fvm@v2.12.2
// fvm/src/call_manager/default.rs and fvm/src/kernel/default.rs; the sums are of its SKYR_PRICES.
#include <gtest/gtest.h>

#include <strata/vm/default_kernel.hpp>
#include <strata/vm/test_world.hpp>

namespace strata::vm {
namespace {

using testing::send_to;

constexpr ActorId kCaller = 101;
constexpr ActorId kActor = 102;
constexpr std::uint64_t kCallingCode = 29'233 - 5'377;
constexpr std::uint64_t kSyscall = 14'000;
constexpr std::uint64_t kCreate = 1'108'454 + 98'800;

ErrorNumber number_of(const auto& result) {
    return result ? ErrorNumber{} : result.error().number;
}

class Generation2Test : public ::testing::Test {
  protected:
    void SetUp() override {
        world_.add(kCaller, ActorType::account, 1000);
        world_.add(kActor, ActorType::multisig, 100);
    }
    void code(testing::Behaviour behaviour) { world_.code(ActorType::multisig, std::move(behaviour)); }
    Syscall<CallResult> call(const Address& to, MethodNumber method, const TokenAmount& value = 0) {
        gas_ = std::make_unique<GasTracker>(gas(limit_));
        calls_ = std::make_unique<CallManager>(world_.config, world_.manifest, world_.doors(), world_.tree, *gas_,
                                               CallManager::Origin{kCaller, origin_, 7, 0, kActor});
        return calls_->call({kCaller, to, method, {}, value, {}, false});
    }
    Syscall<CallResult> call(ActorId to, MethodNumber method, const TokenAmount& value = 0) {
        return call(Address::id(to), method, value);
    }
    // Gives the account `id` the key address `key`.
    void own(ActorId id, const Address& key) {
        auto record = world_.tree.get(id).value().value();
        record.head = world_.store.put(Codec::dag_cbor, to_cbor(std::vector<Address>{key})).value();
        world_.tree.set(id, record);
    }
    std::uint64_t used() const { return gas_->gas_used(); }

    testing::World world_{17};
    std::uint64_t limit_ = 10'000'000'000;
    Address origin_ = Address::secp256k1(Bytes(65, 7));
    std::unique_ptr<GasTracker> gas_;
    std::unique_ptr<CallManager> calls_;
};

TEST_F(Generation2Test, ACallHasOneCharge) {
    ASSERT_EQ(call(kActor, 0, 30)->exit_code, ExitCode::ok);
    EXPECT_EQ(used(), 29'233U + 27'500 + 159'672);
    ASSERT_EQ(call(kActor, 0)->exit_code, ExitCode::ok);
    EXPECT_EQ(used(), 29'233U);
    code([](Kernel&, BlockId) -> Syscall<ActorExit> { return ActorExit{}; });
    ASSERT_EQ(call(kActor, 2, 1)->exit_code, ExitCode::ok);
    EXPECT_EQ(used(), kCallingCode + 27'500);
    // It is paid before the value moves.
    EXPECT_EQ(call(kActor, 2, 5'000).error().number, ErrorNumber::insufficient_funds);
    EXPECT_EQ(used(), kCallingCode + 27'500);
    // Nobody is there.
    EXPECT_EQ(call(555, 2).error().number, ErrorNumber::not_found);
    EXPECT_EQ(used(), 0U);
}

TEST_F(Generation2Test, OnlyTheMessagesOwnReturnValueIsPaid) {
    code([&](Kernel& kernel, BlockId) -> Syscall<ActorExit> {
        if (kernel.message().caller == kCaller) STRATA_OK(kernel.send(send_to(kActor, 2)));
        STRATA_TRY(const BlockId data, kernel.block_create(Codec::dag_cbor, Bytes(10, 0)));
        return ActorExit{ExitCode::ok, data, {}};
    });
    ASSERT_EQ(call(kActor, 2)->exit_code, ExitCode::ok);
    EXPECT_EQ(used(), 2 * (kCallingCode + kSyscall + 105) + kSyscall + 10 * 1'300);
}

TEST_F(Generation2Test, NestsOneDeeperThanLaterGenerations) {
    unsigned deepest = 0;
    code([&](Kernel& kernel, BlockId) -> Syscall<ActorExit> {
        ++deepest;
        (void)kernel.send(send_to(kActor, 2));
        return ActorExit{};
    });
    ASSERT_EQ(call(kActor, 2)->exit_code, ExitCode::ok);
    EXPECT_EQ(deepest, 1025U);
}

TEST_F(Generation2Test, BlocksAreDagCborOfAnySize) {
    std::vector<ErrorNumber> seen;
    code([&](Kernel& kernel, BlockId) -> Syscall<ActorExit> {
        const Cid raw = world_.store.put(Codec::raw, Bytes{1}).value();
        seen.push_back(number_of(kernel.block_create(Codec::raw, Bytes{1})));
        seen.push_back(number_of(kernel.block_open(raw)));
        seen.push_back(number_of(kernel.block_create(Codec::dag_cbor, Bytes(kMaxBlockSize + 1, 0))));
        return ActorExit{};
    });
    ASSERT_EQ(call(kActor, 2)->exit_code, ExitCode::ok);
    EXPECT_EQ(seen, (std::vector{ErrorNumber::illegal_codec, ErrorNumber::illegal_codec, ErrorNumber{}}));
    // Each was paid for, also the first two; a byte costs 10.5.
    EXPECT_EQ(used(),
              kCallingCode + 3 * kSyscall + 135'617 + (2 * 10'500 + (kMaxBlockSize + 1) * 10'500 + 999) / 1'000);
}

TEST_F(Generation2Test, AnyActorCreatesThoseOfWhichThereCanBeSeveral) {
    std::vector<ErrorNumber> seen;
    code([&](Kernel& kernel, BlockId) -> Syscall<ActorExit> {
        const auto create = [&](ActorId id, const Cid& code) {
            seen.push_back(number_of(kernel.create_actor(id, code, {})));
        };
        create(2000, world_.manifest.codes.at(ActorType::payment_channel));
        create(2000, world_.manifest.codes.at(ActorType::payment_channel));
        create(2001, world_.manifest.codes.at(ActorType::market));
        create(2002, Cid::hash_of(Codec::raw, as_bytes("somebody's code")));
        create(2003, world_.manifest.codes.at(ActorType::datacap));
        return ActorExit{};
    });
    ASSERT_EQ(call(kActor, 2)->exit_code, ExitCode::ok);
    EXPECT_EQ(seen, (std::vector{ErrorNumber{}, ErrorNumber::forbidden, ErrorNumber::forbidden, ErrorNumber::forbidden,
                                 ErrorNumber{}}));
    EXPECT_EQ(used(), kCallingCode + 5 * kSyscall + 2 * kCreate);
}

TEST_F(Generation2Test, AnAddressIsNewEachTimeAndComesFromTheSendersKey) {
    const Address key = origin_;
    std::vector<Address> seen;
    code([&](Kernel& kernel, BlockId) -> Syscall<ActorExit> {
        for (int i = 0; i < 2; ++i) {
            STRATA_TRY(seen.emplace_back(), kernel.next_actor_address());
        }
        return ActorExit{};
    });
    own(kCaller, key);
    ASSERT_EQ(call(kActor, 2)->exit_code, ExitCode::ok);
    origin_ = Address::id(kCaller);
    ASSERT_EQ(call(kActor, 2)->exit_code, ExitCode::ok);
    ASSERT_EQ(seen.size(), 4U);
    EXPECT_NE(seen[0], seen[1]);
    EXPECT_EQ(seen[0], seen[2]);
    EXPECT_EQ(seen[1], seen[3]);
    // A sender that is not an account cannot be.
    origin_ = Address::id(kActor);
    EXPECT_EQ(call(kActor, 2).error().kind, SyscallFailure::Kind::fatal);
}

TEST_F(Generation2Test, ASignatureOfAnAccountIsCheckedAgainstItsKey) {
    const Address key = Address::secp256k1(Bytes(65, 8));
    const auto state = to_cbor(std::vector<Address>{key});
    own(kCaller, key);
    std::vector<ErrorNumber> seen;
    code([&](Kernel& kernel, BlockId) -> Syscall<ActorExit> {
        for (const auto& signer : {key, Address::id(kCaller), Address::id(kActor), Address::id(999)})
            seen.push_back(
                number_of(kernel.verify_signature(SignatureKind::secp256k1, Bytes(65, 0), signer, Bytes{1})));
        return ActorExit{};
    });
    ASSERT_EQ(call(kActor, 2)->exit_code, ExitCode::ok);
    EXPECT_EQ(seen, (std::vector{ErrorNumber{}, ErrorNumber{}, ErrorNumber::illegal_argument, ErrorNumber::not_found}));
    // The account's state is read at the price of a block.
    EXPECT_EQ(used(), kCallingCode + 4 * (kSyscall + 1'637'292) + 135'617 + (state.size() * 10'500 + 999) / 1'000);
}

TEST_F(Generation2Test, AHashIsPaidBeforeItsFunctionIsKnownAndABatchOfSealsIsFree) {
    code([&](Kernel& kernel, BlockId) -> Syscall<ActorExit> {
        EXPECT_EQ(number_of(kernel.hash(static_cast<HashCode>(0), Bytes(100, 0))), ErrorNumber::illegal_argument);
        EXPECT_TRUE(kernel.hash(HashCode::sha2_256, Bytes(100, 0)));
        EXPECT_TRUE(kernel.batch_verify_seals(std::vector<SealVerifyInfo>(3)));
        return ActorExit{};
    });
    ASSERT_EQ(call(kActor, 2)->exit_code, ExitCode::ok);
    EXPECT_EQ(used(), kCallingCode + 3 * kSyscall + 2 * 31'355);
}

TEST_F(Generation2Test, ADestroyedActorLeavesItsFundsAndItsPriceIsGivenBack) {
    std::vector<ErrorNumber> seen;
    code([&](Kernel&, BlockId) -> Syscall<ActorExit> {
        DefaultKernel kernel(*calls_, {.origin = kCaller,
                                       .nonce = 7,
                                       .caller = kCaller,
                                       .receiver = kActor,
                                       .method = 2,
                                       .value_received = 0,
                                       .gas_premium = 0,
                                       .read_only = false});
        const auto destroy = [&](const Address& heir) { seen.push_back(number_of(kernel.self_destruct_for(heir))); };
        destroy(Address::actor(as_bytes("nobody")));
        destroy(Address::id(kActor));
        destroy(Address::id(kCaller));
        destroy(Address::id(999));  // nothing is left, so that nobody is asked for
        return ActorExit{};
    });
    limit_ = 1'000'000;
    ASSERT_EQ(call(kActor, 2)->exit_code, ExitCode::ok);
    EXPECT_EQ(seen, (std::vector{ErrorNumber::not_found, ErrorNumber::forbidden, ErrorNumber{}, ErrorNumber{}}));
    EXPECT_EQ(world_.balance(kCaller), BigInt(1100));
    EXPECT_FALSE(world_.tree.get(kActor).value());
    EXPECT_EQ(used(), 0U);
    EXPECT_EQ(gas_->available(), gas(1'000'000 - kCallingCode + 4 * 98'800));
}

TEST_F(Generation2Test, AccountsAreCreatedByASendAndPaidForFirst) {
    EXPECT_EQ(call(Address::secp256k1(Bytes(65, 9)), 0)->exit_code, ExitCode::ok);
    // Creation, the constructor's call, the send.
    EXPECT_EQ(used(), kCreate + kCallingCode + 29'233);
    Bytes zero_key(48, 0);
    zero_key[0] = 0xc0;
    EXPECT_EQ(number_of(call(Address::bls(zero_key), 0)), ErrorNumber::illegal_argument);
    EXPECT_EQ(used(), kCreate);
    EXPECT_EQ(number_of(call(Address::delegated(kEamId, Bytes(20, 1)), 0)), ErrorNumber::not_found);
}

TEST_F(Generation2Test, CodeOutsideTheManifestIsNotRun) {
    auto record = world_.tree.get(kActor).value().value();
    record.code = Cid::hash_of(Codec::raw, as_bytes("somebody's code"));
    world_.tree.set(kActor, record);
    EXPECT_EQ(call(kActor, 2).error().kind, SyscallFailure::Kind::fatal);
}

}  // namespace
}  // namespace strata::vm
