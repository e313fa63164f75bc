// Tests the order of the charges and checks in single syscalls, where a failure shows that order (ref-fvm
// fvm/src/kernel/default.rs).
#include <gtest/gtest.h>

#include <strata/base/hex.hpp>
#include <strata/crypto/bls.hpp>
#include <strata/crypto/hash.hpp>
#include <strata/crypto/secp256k1.hpp>
#include <strata/vm/default_kernel.hpp>
#include <strata/vm/test_world.hpp>

namespace strata::vm {
namespace {

constexpr ActorId kSelf = 102;

class Lookups final : public Externs {
  public:
    Result<Hash256> chain_randomness(ChainEpoch) override { return error; }
    Result<Hash256> beacon_randomness(ChainEpoch) override { return error; }
    Result<Cid> tipset_cid(ChainEpoch) override { return error; }
    Result<std::optional<ConsensusFault>> consensus_fault(BytesView, BytesView, BytesView) override { return error; }
    Error error = Errc::not_found;
};

class KernelTest : public ::testing::Test {
  protected:
    void SetUp() override {
        world_.add(101, ActorType::account, 0);
        world_.add(kSelf, ActorType::multisig, 50);
        gas_.trace_into(&trace_);
    }
    /// Returns the error number of a failure; 0 for a success.
    template <class T>
    static ErrorNumber number(const Syscall<T>& result) {
        return result ? ErrorNumber{} : result.error().number;
    }
    std::string hashed(HashCode code, std::string_view text) {
        return to_hex(kernel_.hash(code, as_bytes(text)).value());
    }
    std::uint64_t cost(std::string_view name) const {
        for (const auto& charge : trace_)
            if (charge.name == name) return charge.compute + charge.other;
        return 0;
    }

    testing::World world_;
    Lookups lookups_;
    GasTracker gas_{gas(10'000'000'000)};
    std::vector<GasCharge> trace_;
    CallManager calls_{world_.config,
                       world_.manifest,
                       {lookups_, world_.no_world, world_},
                       world_.tree,
                       gas_,
                       {101, Address::id(101), 0, 0, kSelf}};
    DefaultKernel kernel_{calls_,
                          {.origin = 101,
                           .nonce = 0,
                           .caller = 101,
                           .receiver = kSelf,
                           .method = 2,
                           .value_received = 0,
                           .gas_premium = 0,
                           .read_only = false}};
};

TEST_F(KernelTest, ABlockThatCannotBeScannedPaysForWhatWasRead) {
    EXPECT_EQ(kernel_.block_create(Codec::dag_cbor, Bytes{0x83, 0x01}).error().number, ErrorNumber::serialization);
    EXPECT_EQ(cost("OnScanIpldLinks"), 3 * 35'000U);
    EXPECT_EQ(cost("OnBlockCreate"), 0U);
}

TEST_F(KernelTest, AnUnreachableLinkIsNoticedAfterTheBlockIsPaid) {
    CborWriter w;
    w.link(Cid::hash_of(Codec::raw, as_bytes("elsewhere")));
    EXPECT_EQ(kernel_.block_create(Codec::dag_cbor, w.view()).error().number, ErrorNumber::not_found);
    EXPECT_GT(cost("OnBlockCreate"), 0U);
}

TEST_F(KernelTest, AnAggregateWithUnequalCountsIsRefusedUnpaid) {
    const ByteArray<48> key{};
    EXPECT_EQ(kernel_.verify_bls_aggregate(Bytes(96), {&key, 1}, {}, {}).error().number, ErrorNumber::illegal_argument);
    EXPECT_TRUE(trace_.empty());
    EXPECT_TRUE(kernel_.verify_bls_aggregate(Bytes(96), {}, {}, {}).value());
    EXPECT_EQ(cost("OnVerifyBlsAggregateSignature"), 8'299'302'000U);
}

// In the reference a failure of get_tipset_cid is fatal, and a failure of either randomness syscall is an illegal
// argument. A local error is neither.
TEST_F(KernelTest, LookupsThatFailFollowTheReferenceUnlessTheFailureIsLocal) {
    EXPECT_EQ(kernel_.get_chain_randomness(5).error().number, ErrorNumber::illegal_argument);
    EXPECT_EQ(kernel_.get_beacon_randomness(5).error().number, ErrorNumber::illegal_argument);
    EXPECT_EQ(kernel_.tipset_cid(5).error().kind, SyscallFailure::Kind::fatal);
    EXPECT_FALSE(calls_.broken_by());
    for (const Errc code : {Errc::missing_block, Errc::io, Errc::internal, Errc::cancelled}) {
        lookups_.error = code;
        EXPECT_EQ(kernel_.get_chain_randomness(5).error().kind, SyscallFailure::Kind::broken);
        EXPECT_EQ(kernel_.get_beacon_randomness(5).error().kind, SyscallFailure::Kind::broken);
        EXPECT_EQ(kernel_.tipset_cid(5).error().kind, SyscallFailure::Kind::broken);
        EXPECT_EQ(kernel_.verify_consensus_fault({}, {}, {}).error().kind, SyscallFailure::Kind::broken);
    }
    EXPECT_EQ(calls_.broken_by()->code(), Errc::missing_block);  // the first of the two failures
}

TEST_F(KernelTest, EpochsOutsideTheChain) {
    EXPECT_EQ(kernel_.tipset_cid(-1).error().number, ErrorNumber::illegal_argument);
    EXPECT_EQ(kernel_.tipset_cid(10).error().number, ErrorNumber::illegal_argument);  // now
    EXPECT_TRUE(trace_.empty());
    // The distance to this epoch overflows (checked_sub in the reference).
    EXPECT_EQ(kernel_.get_chain_randomness(INT64_MIN).error().number, ErrorNumber::illegal_argument);
    EXPECT_TRUE(trace_.empty());
    EXPECT_EQ(kernel_.get_chain_randomness(11).error().kind, SyscallFailure::Kind::out_of_gas);
}

TEST_F(KernelTest, EventsAreBounded) {
    const auto emit = [&](const EventEntry& entry, std::size_t count = 1) {
        const std::vector<EventEntry> entries(count, entry);
        const auto emitted = kernel_.emit_event(entries);
        return emitted ? ErrorNumber{} : emitted.error().number;
    };
    const auto entry = [](std::string key, Bytes value) {
        return EventEntry{.flags = 3, .key = std::move(key), .codec = Codec::raw, .value = std::move(value)};
    };
    EXPECT_EQ(emit(entry("k", {1}), 255), ErrorNumber{});
    EXPECT_EQ(emit(entry("k", {1}), 256), ErrorNumber::limit_exceeded);
    EXPECT_EQ(emit(entry(std::string(31, 'k'), Bytes(8192))), ErrorNumber{});
    EXPECT_EQ(emit(entry(std::string(32, 'k'), {})), ErrorNumber::limit_exceeded);
    EXPECT_EQ(emit(entry("k", Bytes(8193))), ErrorNumber::limit_exceeded);
    EXPECT_EQ(emit(entry("\xff", {})), ErrorNumber::illegal_argument);
    auto flags = entry("k", {});
    flags.flags = 4;
    EXPECT_EQ(emit(flags), ErrorNumber::illegal_argument);
    auto codec = entry("k", {});
    codec.codec = Codec::dag_cbor;
    EXPECT_EQ(emit(codec), ErrorNumber::illegal_codec);
}

TEST_F(KernelTest, BlocksHaveBounds) {
    EXPECT_EQ(number(kernel_.block_create(Codec::raw, Bytes(kMaxBlockSize + 1))), ErrorNumber::limit_exceeded);
    EXPECT_EQ(number(kernel_.block_create(Codec::dag_pb, Bytes{1})), ErrorNumber::illegal_codec);
    const BlockId id = kernel_.block_create(Codec::raw, Bytes{1, 2, 3, 4}).value();
    EXPECT_EQ(kernel_.block_stat(id)->size, 4U);
    EXPECT_EQ(number(kernel_.block_stat(id + 1)), ErrorNumber::invalid_handle);
    // A read returns how many bytes of the block follow. The number is negative if the block ends before the read does.
    Bytes out(2);
    EXPECT_EQ(kernel_.block_read(id, 1, out).value(), 1);
    EXPECT_EQ(out, (Bytes{2, 3}));
    Bytes longer(8);
    EXPECT_EQ(kernel_.block_read(id, 2, longer).value(), -6);
    EXPECT_EQ(longer[1], 4);
    EXPECT_EQ(kernel_.block_read(id, 9, out).value(), -7);
    EXPECT_EQ(number(kernel_.block_read(id + 1, 0, out)), ErrorNumber::invalid_handle);
    EXPECT_EQ(number(kernel_.block_read(id, INT32_MAX, out)), ErrorNumber::illegal_argument);
    EXPECT_EQ(number(kernel_.block_link(id, HashCode::sha2_256, 32)), ErrorNumber::illegal_cid);
    EXPECT_EQ(number(kernel_.block_link(id, HashCode::blake2b_256, 16)), ErrorNumber::illegal_cid);
    EXPECT_EQ(number(kernel_.block_link(id + 1, HashCode::blake2b_256, 32)), ErrorNumber::invalid_handle);
    const Cid cid = kernel_.block_link(id, HashCode::blake2b_256, 32).value();
    EXPECT_EQ(kernel_.block_open(cid)->stat.size, 4U);
    EXPECT_EQ(number(kernel_.block_open(Cid::hash_of(Codec::raw, Bytes{9}))), ErrorNumber::not_found);
}

TEST_F(KernelTest, RecordsOfOtherActors) {
    const Address delegated = Address::delegated(kEamId, Bytes(20, 7));
    auto record = world_.tree.get(101).value().value();
    record.delegated_address = delegated;
    record.balance = 77;
    world_.tree.set(101, record);
    EXPECT_EQ(kernel_.resolve_address(Address::id(12345)).value(), 12345U);  // an ID resolves without an actor
    EXPECT_EQ(number(kernel_.resolve_address(Address::actor(as_bytes("nobody")))), ErrorNumber::not_found);
    EXPECT_EQ(kernel_.lookup_delegated_address(101).value(), delegated);
    EXPECT_FALSE(kernel_.lookup_delegated_address(kSelf).value());
    EXPECT_EQ(kernel_.get_actor_code_cid(kSelf).value(), world_.manifest.codes.at(ActorType::multisig));
    EXPECT_EQ(kernel_.balance_of(101).value(), TokenAmount(77));
    EXPECT_EQ(kernel_.current_balance().value(), TokenAmount(50));
    for (const ErrorNumber got : {number(kernel_.lookup_delegated_address(999)),
                                  number(kernel_.get_actor_code_cid(999)), number(kernel_.balance_of(999))})
        EXPECT_EQ(got, ErrorNumber::not_found);
    const Cid code = world_.manifest.codes.at(ActorType::miner);
    EXPECT_EQ(kernel_.get_builtin_actor_type(code).value(), ActorType::miner);
    EXPECT_EQ(kernel_.get_builtin_actor_type(Cid::hash_of(Codec::raw, Bytes{99})).value(), ActorType::none);
    EXPECT_EQ(kernel_.get_code_cid_for_type(ActorType::miner).value(), code);
    EXPECT_EQ(number(kernel_.get_code_cid_for_type(ActorType::none)), ErrorNumber::illegal_argument);
    EXPECT_EQ(number(kernel_.create_actor(900, code, {})), ErrorNumber::forbidden);  // the caller is not init
    EXPECT_EQ(kernel_.next_actor_address()->protocol(), Address::Protocol::actor);
    EXPECT_TRUE(kernel_.total_fil_circ_supply()->is_zero());
}

TEST_F(KernelTest, ASendNeedsItsBlock) {
    auto params = testing::send_to(101, 2);
    params.params = 17;
    EXPECT_EQ(number(kernel_.send(params)), ErrorNumber::invalid_handle);
    const auto sent = kernel_.send(testing::send_to(101, 0, 5)).value();
    EXPECT_EQ(sent.exit_code, ExitCode::ok);
    EXPECT_EQ(sent.return_id, kNoBlock);
    EXPECT_EQ(world_.balance(101), TokenAmount(5));
    EXPECT_EQ(number(kernel_.send(testing::send_to(101, 0, 46))), ErrorNumber::insufficient_funds);
    EXPECT_EQ(number(kernel_.send(testing::send_to(999, 0))), ErrorNumber::not_found);
}

// FIPS 180-2, the Keccak team, the RIPEMD-160 page and RFC 7693 give these digests of "abc" (for Keccak, of the empty
// string, which is the hash of Ethereum's empty code).
TEST_F(KernelTest, HashesAreThePublishedOnes) {
    EXPECT_EQ(hashed(HashCode::sha2_256, "abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(hashed(HashCode::keccak_256, ""), "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470");
    EXPECT_EQ(hashed(HashCode::ripemd_160, "abc"), "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc");
    EXPECT_EQ(hashed(HashCode::blake2b_512, "abc"),
              "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d17d87c5392aab792dc252d5de4533cc9518d38aa8"
              "dbf1925ab92386edd4009923");
    EXPECT_EQ(hashed(HashCode::blake2b_256, "abc"), "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
    EXPECT_EQ(number(kernel_.hash(HashCode::sha2_512, {})), ErrorNumber::illegal_argument);
    EXPECT_EQ(number(kernel_.hash(HashCode::identity, {})), ErrorNumber::illegal_argument);
}

// The precompile ecrecover's own example: go-ethereum core/vm/contracts_test.go (ecRecover).
TEST_F(KernelTest, RecoversThePublicKeyOfASignature) {
    Hash256 hash{};
    std::ranges::copy(from_hex("18c547e4f7b0f325ad1e56f57e26c745b09a3e503d86e00e5255ff7f715d3d1c").value(),
                      hash.begin());
    ByteArray<65> signature{};
    std::ranges::copy(from_hex("73b1693892219d736caba55bdb67216e485557ea6b6af75f37096c9aa6a5a75f"
                               "eeb940b1d03b21e36b0e47e79769f095fe2ab855bd91e3a38756b7d75a9c454901")
                          .value(),
                      signature.begin());
    const auto key = kernel_.recover_secp_public_key(hash, signature).value();
    const auto digest = crypto::keccak_256(BytesView(key).subspan(1));
    EXPECT_EQ(to_hex(BytesView(digest).last(20)), "a94f5374fce5edbc8e2a8697c15331677e6ebf0b");
    EXPECT_EQ(cost("OnRecoverSecpPublicKey"), 1'637'292'000U);
    EXPECT_EQ(number(kernel_.recover_secp_public_key(hash, {})), ErrorNumber::illegal_argument);
}

TEST_F(KernelTest, SignaturesAreVerifiedAgainstKeyAddresses) {
    const Bytes text = to_bytes(as_bytes("a message"));
    const auto bls_key = crypto::bls::key_from_seed(Bytes(32, 1));
    const auto bls_public = crypto::bls::public_key(bls_key).value();
    const auto bls_signature = crypto::bls::sign(bls_key, text).value();
    const Address bls = Address::bls(bls_public);
    const auto verify = [&](SignatureKind kind, BytesView signature, const Address& signer, BytesView over) {
        return kernel_.verify_signature(kind, signature, signer, over);
    };
    EXPECT_TRUE(verify(SignatureKind::bls, bls_signature, bls, text).value());
    EXPECT_FALSE(verify(SignatureKind::bls, bls_signature, bls, as_bytes("a different one")).value());
    EXPECT_FALSE(verify(SignatureKind::bls, Bytes(96), bls, text).value());
    EXPECT_FALSE(verify(SignatureKind::secp256k1, bls_signature, bls, text).value());
    EXPECT_EQ(number(verify(SignatureKind::bls, bls_signature, Address::id(101), text)), ErrorNumber::illegal_argument);
    EXPECT_EQ(number(verify(SignatureKind::bls, bls_signature, Address(), text)), ErrorNumber::illegal_argument);

    const std::vector<ByteArray<48>> keys{bls_public};
    const std::vector<std::uint32_t> sizes{static_cast<std::uint32_t>(text.size())};
    EXPECT_TRUE(kernel_.verify_bls_aggregate(bls_signature, keys, text, sizes).value());
    EXPECT_FALSE(kernel_.verify_bls_aggregate(Bytes(96), keys, text, sizes).value());

    // secp256k1 signs the blake2b-256 of the message (docs/protocol/node.md §1).
    crypto::secp256k1::PrivateKey secp_key{};
    secp_key[31] = 1;
    const auto digest = crypto::blake2b_256(text);
    const auto secp_signature = crypto::secp256k1::sign(secp_key, digest).value();
    const Address secp = Address::secp256k1(crypto::secp256k1::recover(digest, secp_signature).value());
    EXPECT_TRUE(verify(SignatureKind::secp256k1, secp_signature, secp, text).value());
    EXPECT_FALSE(verify(SignatureKind::secp256k1, secp_signature, secp, as_bytes("a different one")).value());
}

TEST_F(KernelTest, ProofsArePaidAndAnswered) {
    EXPECT_TRUE(kernel_.verify_post({}).value());
    EXPECT_EQ(cost("OnVerifyPost"), 117'680'921'000U);
    EXPECT_TRUE(kernel_.verify_aggregate_seals({}).value());
    EXPECT_TRUE(kernel_.verify_replica_update({}).value());
    const std::vector<SealVerifyInfo> seals(2);
    EXPECT_EQ(kernel_.batch_verify_seals(seals).value(), (std::vector<bool>{true, true}));
    EXPECT_TRUE(kernel_.batch_verify_seals({}).value().empty());
    lookups_.error = Errc::malformed;
    EXPECT_EQ(number(kernel_.verify_consensus_fault({}, {}, {})), ErrorNumber::illegal_argument);
}

// The burnt-funds actor always exists; without it the state is corrupt on every node (kernel/default.rs: or_fatal).
TEST_F(KernelTest, SelfDestructWithoutABurntFundsActorIsFatal) {
    EXPECT_EQ(kernel_.self_destruct(true).error().kind, SyscallFailure::Kind::fatal);
}

}  // namespace
}  // namespace strata::vm
