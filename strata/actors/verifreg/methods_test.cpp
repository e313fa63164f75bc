// Cases, codes and numbers: builtin-actors v18 actors/verifreg/tests/verifreg_actor_test.rs. Names of events: FIP-0083.
#include <strata/actors/methods.hpp>

#include <strata/actors/account/state.hpp>
#include <strata/actors/datacap/types.hpp>
#include <strata/actors/receiver_hook.hpp>
#include <strata/actors/test_runtime.hpp>
#include <strata/actors/verifreg/messages.hpp>
#include <strata/base/hex.hpp>

namespace strata::actors::verifreg {
namespace {

constexpr ActorId kRoot = 100;
constexpr ActorId kClient1 = 101;
constexpr ActorId kClient2 = 102;
constexpr ActorId kVerifier1 = 201;
constexpr ActorId kVerifier2 = 202;
constexpr ActorId kProvider1 = 301;
constexpr ActorId kProvider2 = 302;
constexpr std::uint64_t kSize = 1048576;  // MINIMUM_VERIFIED_ALLOCATION_SIZE
constexpr ChainEpoch kTermMin = 518'400;
constexpr ChainEpoch kTermMax = 5'259'485;

using Codes = std::vector<ExitCode>;
using Names = std::vector<std::string>;

Cid piece(std::uint8_t name) {
    return Cid::v1(Codec::commitment_unsealed, HashCode::sha2_256_trunc254_padded, Bytes(32, name));
}
Claim make_claim(ActorId client, ActorId provider, std::uint64_t size, ChainEpoch term_max, ChainEpoch start) {
    return {provider, client, piece(1), size, kTermMin, term_max, start, 0};
}
Allocation make_allocation(std::uint8_t name, ActorId client, ActorId provider, std::uint64_t size) {
    return {client, provider, piece(name), size, kTermMin, 2 * kTermMin, 100};
}
AllocationRequest make_request(ActorId provider, std::uint64_t size) {
    return {provider, piece(4), size, kTermMin, kTermMax, 100};
}
SectorAllocationClaims in_sector(SectorNumber sector, ChainEpoch expiry,
                                 const std::vector<std::pair<AllocationId, Allocation>>& wanted) {
    SectorAllocationClaims out{sector, expiry, {}};
    for (const auto& [id, a] : wanted) out.claims.push_back({a.client, id, a.data, a.size});
    return out;
}

class VerifregTest : public actors::testing::ActorTest {
  protected:
    VerifregTest() : ActorTest(ActorType::verified_registry, methods(), kVerifiedRegistryId) {
        for (const ActorId id : {kRoot, kClient1, kClient2, kVerifier1, kVerifier2})
            world_.add(id, ActorType::account, 0);
        for (const ActorId id : {kProvider1, kProvider2}) world_.add(id, ActorType::miner, 0);
        clients_hold(0);
        at(0);
        EXPECT_TRUE(ok(call(kSystemId, 1, Address::id(kRoot))));
    }
    void clients_hold(std::int64_t bytes) { answer_with(kDatacapId, datacap::kBalance, fil(bytes)); }

    // These functions write records directly, without the messages that would make them.
    template <class V>
    void put(Cid& root, ActorId owner, std::uint64_t id, const V& value) {
        auto outer = HamtMap<ActorId, Cid>::load(world_.store, root).value();
        const auto inner_root = outer.get(owner).value();
        HamtMap<std::uint64_t, V> inner(world_.store);
        if (inner_root) inner = HamtMap<std::uint64_t, V>::load(world_.store, *inner_root).value();
        EXPECT_TRUE(inner.set(id, value));
        EXPECT_TRUE(outer.set(owner, inner.flush().value()));
        root = outer.flush().value();
    }
    ClaimId add(const Claim& claim) {
        auto now = state<State>();
        put(now.claims, claim.provider, now.next_allocation_id, claim);
        set_state(now);
        return take_id();
    }
    AllocationId add(const Allocation& allocation) {
        auto now = state<State>();
        put(now.allocations, allocation.client, now.next_allocation_id, allocation);
        set_state(now);
        return take_id();
    }
    AllocationId take_id() {
        auto now = state<State>();
        const auto id = now.next_allocation_id++;
        set_state(now);
        return id;
    }
    template <class V>
    std::optional<V> find(const Cid& root, ActorId owner, std::uint64_t id) {
        const auto inner = HamtMap<ActorId, Cid>::load(world_.store, root).value().get(owner).value();
        if (!inner) return {};
        return HamtMap<std::uint64_t, V>::load(world_.store, *inner).value().get(id).value();
    }
    std::optional<Claim> claim_at(ActorId provider, ClaimId id) {
        return find<Claim>(state<State>().claims, provider, id);
    }
    std::optional<Allocation> allocation_at(ActorId client, AllocationId id) {
        return find<Allocation>(state<State>().allocations, client, id);
    }
    std::optional<BigInt> verifier_cap(ActorId verifier) {
        return HamtMap<Address, BigInt>::load(world_.store, state<State>().verifiers)
            .value()
            .get(Address::id(verifier))
            .value();
    }

    vm::CallResult add_verifier(ActorId from, const Address& verifier, std::int64_t cap) {
        return call(from, 2, VerifierParams{verifier, cap});
    }
    vm::CallResult add_client(ActorId from, const Address& client, std::int64_t cap) {
        return call(from, 4, VerifierParams{client, cap});
    }
    vm::CallResult receive(ActorId client, const std::vector<AllocationRequest>& allocations,
                           const std::vector<ClaimExtensionRequest>& extensions, std::uint64_t bytes,
                           ActorId to = kVerifiedRegistryId) {
        const datacap::TokenReceived received{
            client, to, client, BigInt(bytes) * fil(1), to_cbor(AllocationRequests{allocations, extensions}), {}};
        return call(kDatacapId, kReceive, UniversalReceiverParams{datacap::kFrc46TokenType, to_cbor(received)});
    }
    vm::CallResult claim(ActorId provider, std::vector<SectorAllocationClaims> sectors, bool all = false) {
        return call(provider, kClaimAllocations, ClaimAllocationsParams{std::move(sectors), all});
    }
    Codes claim_codes(ActorId provider, std::vector<SectorAllocationClaims> sectors) {
        return returned<ClaimAllocationsReturn>(claim(provider, std::move(sectors))).sector_results.codes();
    }
    /// Returns the bytes of datacap that the latest message burnt.
    BigInt burnt() {
        BigInt out;
        for (const auto& one : sent_to(kDatacapId, datacap::kBurn)) out += one.as<datacap::BurnParams>().amount;
        return div_trunc(out, fil(1));
    }
};

TEST_F(VerifregTest, Constructor) {
    EXPECT_EQ(state<State>().root_key, Address::id(kRoot));
    EXPECT_EQ(state<State>().next_allocation_id, 1U);
    EXPECT_TRUE(ok(call(kSystemId, 1, key_of(kClient1))));
    EXPECT_EQ(state<State>().root_key, Address::id(kClient1));
    EXPECT_TRUE(exits(ExitCode::illegal_argument, call(kSystemId, 1, Address::bls(Bytes(48, 9)))));
    EXPECT_TRUE(exits(ExitCode::forbidden, call(kRoot, 1, Address::id(kRoot))));
}

TEST_F(VerifregTest, TheRootAddsAndRemovesVerifiers) {
    EXPECT_TRUE(exits(ExitCode::forbidden, add_verifier(kClient1, Address::id(kVerifier1), kSize)));
    EXPECT_TRUE(exits(ExitCode::illegal_argument, add_verifier(kRoot, Address::id(kVerifier1), kSize - 1)));
    EXPECT_TRUE(exits(ExitCode::illegal_argument, add_verifier(kRoot, Address::id(kRoot), kSize)));
    EXPECT_TRUE(exits(ExitCode::not_found, add_verifier(kRoot, Address::id(999), kSize)));
    clients_hold(1);
    EXPECT_TRUE(exits(ExitCode::illegal_argument, add_verifier(kRoot, Address::id(kVerifier1), kSize)));
    clients_hold(0);
    ASSERT_TRUE(ok(add_verifier(kRoot, key_of(kVerifier1), kSize)));
    EXPECT_EQ(event_types(), Names{"verifier-balance"});
    EXPECT_EQ(verifier_cap(kVerifier1), BigInt(kSize));
    EXPECT_TRUE(exits(ExitCode::forbidden, call(kVerifier1, 3, Address::id(kVerifier1))));
    EXPECT_TRUE(exits(ExitCode::illegal_argument, call(kRoot, 3, Address::id(kVerifier2))));
    ASSERT_TRUE(ok(call(kRoot, 3, Address::id(kVerifier1))));
    EXPECT_FALSE(verifier_cap(kVerifier1));
}

TEST_F(VerifregTest, VerifiersGiveDatacapToClients) {
    ASSERT_TRUE(ok(add_verifier(kRoot, Address::id(kVerifier1), 3 * kSize)));
    ASSERT_TRUE(ok(add_verifier(kRoot, Address::id(kVerifier2), kSize)));
    ASSERT_TRUE(ok(add_client(kVerifier1, key_of(kClient1), 2 * kSize)));
    EXPECT_EQ(event_types(), Names{"verifier-balance"});
    const auto minted = sent_to(kDatacapId, datacap::kMint);
    ASSERT_EQ(minted.size(), 1U);
    const auto mint = minted[0].as<datacap::MintParams>();
    EXPECT_EQ(mint.to, Address::id(kClient1));
    EXPECT_EQ(mint.amount, fil(2 * kSize));
    EXPECT_EQ(mint.operators, std::vector{Address::id(kMarketId)});
    EXPECT_EQ(verifier_cap(kVerifier1), BigInt(kSize));

    EXPECT_TRUE(exits(ExitCode::illegal_argument, add_client(kVerifier1, Address::id(kClient1), kSize + 1)));
    EXPECT_TRUE(exits(ExitCode::illegal_argument, add_client(kVerifier1, Address::id(kClient1), kSize - 1)));
    EXPECT_TRUE(exits(ExitCode::illegal_argument, add_client(kVerifier1, Address::id(kRoot), kSize)));
    EXPECT_TRUE(exits(ExitCode::illegal_argument, add_client(kVerifier1, Address::id(kVerifier2), kSize)));
    EXPECT_TRUE(exits(ExitCode::not_found, add_client(kClient2, Address::id(kClient1), kSize)));
    EXPECT_TRUE(exits(ExitCode::not_found, add_client(kVerifier1, Address::id(999), kSize)));
    ASSERT_TRUE(ok(add_client(kVerifier1, Address::id(kClient1), kSize)));
    EXPECT_TRUE(exits(ExitCode::illegal_argument, add_client(kVerifier1, Address::id(kClient1), kSize)));
}

TEST_F(VerifregTest, OnlyBuiltInActorsUseTheInternalNumbers) {
    constexpr ActorId contract = 400;
    world_.add(contract, ActorType::evm, 0);
    ASSERT_TRUE(ok(add_verifier(kRoot, Address::id(kVerifier1), kSize)));
    const GetClaimsParams none{kProvider1, {}};
    EXPECT_TRUE(exits(ExitCode::forbidden, call(contract, kGetClaims, none)));
    EXPECT_TRUE(ok(call(contract, 2199871187, none)));
    EXPECT_TRUE(exits(ExitCode::forbidden, call(contract, 11, ExtendClaimTermsParams{})));
    EXPECT_TRUE(ok(call(contract, 1752273514, ExtendClaimTermsParams{})));
    EXPECT_TRUE(exits(ExitCode::forbidden, call(contract, 4, VerifierParams{Address::id(kClient1), kSize})));
    EXPECT_TRUE(exits(ExitCode::not_found, call(contract, 3916220144, VerifierParams{Address::id(kClient1), kSize})));
}

// integration_tests/src/tests/verifreg_remove_datacap_test.rs
TEST_F(VerifregTest, TwoVerifiersAndTheRootTakeDatacapBack) {
    for (const ActorId id : {kVerifier1, kVerifier2}) {
        ASSERT_TRUE(ok(add_verifier(kRoot, Address::id(id), kSize)));
        answer_with(id, account::kAuthenticateMessage, true);
    }
    const auto request = [](ActorId id) {
        return RemoveDataCapRequest{Address::id(id), {Signature::Type::secp256k1, {1}}};
    };
    const auto remove = [&](ActorId from, ActorId first, ActorId second) {
        return call(from, 7, RemoveDataCapParams{Address::id(kClient1), 10, request(first), request(second)});
    };
    clients_hold(15);
    EXPECT_TRUE(exits(ExitCode::illegal_argument, remove(kRoot, kVerifier1, kVerifier1)));
    EXPECT_TRUE(exits(ExitCode::forbidden, remove(kVerifier1, kVerifier1, kVerifier2)));
    EXPECT_TRUE(exits(ExitCode::not_found, remove(kRoot, kVerifier1, kClient2)));

    auto result = remove(kRoot, kVerifier1, kVerifier2);
    EXPECT_EQ(returned<RemoveDataCapReturn>(result).removed, BigInt(10));
    const auto destroyed = sent_to(kDatacapId, datacap::kDestroy);
    ASSERT_EQ(destroyed.size(), 1U);
    EXPECT_EQ(destroyed[0].as<datacap::OwnerAmount>().amount, fil(10));
    // The verifiers sign the domain and [client, amount, [id]]; the ID of each verifier and client counts up.
    const auto signed_bytes = [&] {
        return sent_to(kVerifier1, account::kAuthenticateMessage)
            .at(0)
            .as<account::AuthenticateMessageParams>()
            .message;
    };
    const std::string domain = to_hex(to_bytes(as_bytes("fil_removedatacap:")));
    EXPECT_EQ(to_hex(signed_bytes()), domain +
                                          "83"
                                          "420065"
                                          "42000a"
                                          "8100");
    clients_hold(5);
    result = remove(kRoot, kVerifier1, kVerifier2);
    EXPECT_EQ(to_hex(signed_bytes()), domain +
                                          "83"
                                          "420065"
                                          "42000a"
                                          "8101");
    EXPECT_EQ(returned<RemoveDataCapReturn>(result).removed, BigInt(5));

    answer(kVerifier2, account::kAuthenticateMessage, ExitCode::illegal_argument);
    EXPECT_TRUE(exits(ExitCode::illegal_argument, remove(kRoot, kVerifier1, kVerifier2)));
}

TEST_F(VerifregTest, ExpiredAllocationsReturnTheirDatacap) {
    auto first = make_allocation(1, kClient1, kProvider1, kSize);
    auto second = make_allocation(2, kClient1, kProvider1, 2 * kSize);
    second.expiration = 200;
    add(first);
    add(second);
    const auto before = state<State>();
    const struct {
        ChainEpoch epoch;
        ActorId client;
        std::vector<std::uint64_t> ids;
        bool fresh;  // the case begins with both allocations
        std::vector<std::uint64_t> considered;
        Codes codes;
        std::uint64_t recovered;
    } cases[] = {
        {0, kClient1, {1, 2}, true, {1, 2}, {ExitCode::forbidden, ExitCode::forbidden}, 0},
        {200, kClient2, {1, 2}, true, {1, 2}, {ExitCode::not_found, ExitCode::not_found}, 0},
        {100, kClient1, {1, 2}, true, {1, 2}, {ExitCode::ok, ExitCode::forbidden}, kSize},
        {200, kClient1, {1, 2}, false, {1, 2}, {ExitCode::not_found, ExitCode::ok}, 2 * kSize},
        {200, kClient1, {1, 2}, true, {1, 2}, {ExitCode::ok, ExitCode::ok}, 3 * kSize},
        {200, kClient1, {1}, true, {1}, {ExitCode::ok}, kSize},
        {0, kClient1, {}, true, {}, {}, 0},
        {100, kClient1, {}, true, {1}, {ExitCode::ok}, kSize},
        {200, kClient1, {}, false, {2}, {ExitCode::ok}, 2 * kSize},
        {200, kClient1, {}, true, {1, 2}, {ExitCode::ok, ExitCode::ok}, 3 * kSize},
    };
    for (const auto& one : cases) {
        SCOPED_TRACE(&one - cases);
        if (one.fresh) set_state(before);
        at(one.epoch);
        const auto out =
            returned<RemoveExpiredAllocationsReturn>(call(kClient2, 8, RemoveExpiredParams{one.client, one.ids}));
        auto considered = out.considered;
        std::ranges::sort(considered);
        EXPECT_EQ(considered, one.considered);
        EXPECT_EQ(out.results.codes(), one.codes);
        EXPECT_EQ(out.recovered, BigInt(one.recovered));
        const auto back = sent_to(kDatacapId, datacap::kTransfer).at(0).as<datacap::TransferParams>();
        EXPECT_EQ(back.to, Address::id(one.client));
        EXPECT_EQ(back.amount, BigInt(one.recovered) * fil(1));
    }
}

TEST_F(VerifregTest, ProvidersClaimAllocations) {
    const auto a1 = make_allocation(1, kClient1, kProvider1, kSize);
    const auto a2 = make_allocation(2, kClient2, kProvider1, kSize);
    add(a1);
    add(a2);
    const auto out =
        returned<ClaimAllocationsReturn>(claim(kProvider1, {in_sector(1000, kTermMin, {{1, a1}, {2, a2}})}));
    EXPECT_EQ(event_types(), (Names{"claim", "claim"}));
    EXPECT_EQ(out.sector_results.codes(), Codes{ExitCode::ok});
    EXPECT_EQ(out.claimed_space, std::vector{BigInt(2 * kSize)});
    EXPECT_EQ(burnt(), BigInt(2 * kSize));
    EXPECT_FALSE(allocation_at(kClient1, 1));
    EXPECT_FALSE(allocation_at(kClient2, 2));
    const auto made = claim_at(kProvider1, 2);
    ASSERT_TRUE(made);
    EXPECT_EQ(made->client, kClient2);
    EXPECT_EQ(made->sector, 1000U);
    EXPECT_EQ(made->term_start, 0);
    EXPECT_EQ(made->term_max, 2 * kTermMin);
}

TEST_F(VerifregTest, RefusedClaimsLeaveOtherSectorsAlone) {
    const auto a1 = make_allocation(1, kClient1, kProvider1, kSize);
    const auto a2 = make_allocation(2, kClient2, kProvider1, kSize);
    const auto a3 = make_allocation(3, kClient1, kProvider1, kSize);
    const auto a4 = make_allocation(4, kClient1, kProvider2, kSize);
    for (const auto& one : {a1, a2, a3, a4}) add(one);
    const auto before = state<State>();
    const Codes forbidden{ExitCode::forbidden};
    const auto fresh = [&] { set_state(before); };

    auto wrong_client = in_sector(1, kTermMin, {{2, a2}});
    wrong_client.claims[0].client = kClient1;
    EXPECT_EQ(claim_codes(kProvider1, {in_sector(1, kTermMin, {{1, a1}}), wrong_client}),
              (Codes{ExitCode::ok, ExitCode::not_found}));
    EXPECT_EQ(burnt(), BigInt(kSize));
    fresh();
    EXPECT_EQ(claim_codes(kProvider1, {in_sector(1, kTermMin, {{4, a4}})}), forbidden);
    EXPECT_TRUE(exits(ExitCode::illegal_argument, claim(kProvider1, {in_sector(1, kTermMin, {{1, a1}, {1, a1}})})));
    EXPECT_EQ(claim_codes(kProvider1, {in_sector(1, kTermMin, {{1, a1}}), in_sector(1, kTermMin, {{1, a1}})}),
              (Codes{ExitCode::ok, ExitCode::not_found}));
    fresh();
    auto wrong_data = in_sector(1, kTermMin, {{1, a1}});
    wrong_data.claims[0].data = piece(9);
    auto wrong_size = in_sector(1, kTermMin, {{2, a2}});
    wrong_size.claims[0].size = kSize + 1;
    EXPECT_EQ(claim_codes(kProvider1, {wrong_data, wrong_size}), (Codes{ExitCode::forbidden, ExitCode::forbidden}));
    EXPECT_EQ(burnt(), BigInt(0));
    EXPECT_EQ(claim_codes(kProvider1, {in_sector(1, kTermMin - 1, {{1, a1}})}), forbidden);
    EXPECT_EQ(claim_codes(kProvider1, {in_sector(1, 2 * kTermMin + 1, {{1, a1}})}), forbidden);
    at(101);
    EXPECT_EQ(claim_codes(kProvider1, {in_sector(1, 101 + kTermMin, {{1, a1}})}), forbidden);
    at(0);
    auto partly_wrong = in_sector(1, kTermMin, {{1, a1}, {2, a2}});
    partly_wrong.claims[1].size = 0;
    const auto right = in_sector(2, kTermMin, {{3, a3}});
    EXPECT_TRUE(exits(ExitCode::illegal_argument, claim(kProvider1, {partly_wrong, right}, true)));
    EXPECT_TRUE(exits(ExitCode::illegal_argument, claim(kProvider1, {})));
    EXPECT_TRUE(exits(ExitCode::forbidden, claim(kClient1, {right})));
    EXPECT_EQ(claim_codes(kProvider1, {partly_wrong, right}), (Codes{ExitCode::forbidden, ExitCode::ok}));
    EXPECT_TRUE(allocation_at(kClient1, 1));
    EXPECT_TRUE(allocation_at(kClient2, 2));
    EXPECT_TRUE(claim_at(kProvider1, 3));
}

TEST_F(VerifregTest, ClaimsAreRead) {
    const auto one = add(make_claim(kClient1, kProvider1, kSize, kTermMin + 1000, 0));
    const auto two = add(make_claim(kClient1, kProvider2, 2 * kSize, kTermMin + 1000, 0));
    const auto out = returned<GetClaimsReturn>(call(kClient2, kGetClaims, GetClaimsParams{kProvider1, {two, one, 99}}));
    EXPECT_EQ(out.results.codes(), (Codes{ExitCode::not_found, ExitCode::ok, ExitCode::not_found}));
    ASSERT_EQ(out.claims.size(), 1U);
    EXPECT_EQ(out.claims[0].size, kSize);
}

TEST_F(VerifregTest, ClientsExtendTheTermsOfClaims) {
    const ChainEpoch term = kTermMin + 1000;
    const auto id = add(make_claim(kClient1, kProvider1, kSize, term, 0));
    const auto extend = [&](ActorId from, ActorId provider, ChainEpoch term_max) {
        return returned<BatchReturn>(call(from, 11, ExtendClaimTermsParams{{{provider, id, term_max}}})).codes();
    };
    EXPECT_EQ(extend(kClient1, kProvider1, term), Codes{ExitCode::ok});
    EXPECT_EQ(event_types(), Names{"claim-updated"});
    EXPECT_EQ(extend(kClient2, kProvider1, term), Codes{ExitCode::forbidden});
    EXPECT_EQ(extend(kClient1, kProvider2, term), Codes{ExitCode::not_found});
    EXPECT_EQ(extend(kClient1, kProvider1, kTermMax + 1), Codes{ExitCode::illegal_argument});
    EXPECT_EQ(extend(kClient1, kProvider1, term - 1), Codes{ExitCode::illegal_argument});
    at(term + 1);  // the claim has expired; its client may extend it all the same
    EXPECT_EQ(extend(kClient1, kProvider1, kTermMax), Codes{ExitCode::ok});
    EXPECT_EQ(claim_at(kProvider1, id)->term_max, kTermMax);
}

TEST_F(VerifregTest, ExpiredClaimsAreRemoved) {
    add(make_claim(kClient1, kProvider1, kSize, kTermMin + 100, 0));
    add(make_claim(kClient1, kProvider1, 2 * kSize, kTermMin, 200));
    const auto remove = [&](std::vector<std::uint64_t> ids) {
        return returned<RemoveExpiredClaimsReturn>(call(kClient2, 12, RemoveExpiredParams{kProvider1, std::move(ids)}));
    };
    at(kTermMin + 99);
    EXPECT_EQ(remove({1, 2}).results.codes(), (Codes{ExitCode::forbidden, ExitCode::forbidden}));
    EXPECT_TRUE(remove({}).considered.empty());
    at(kTermMin + 100);
    EXPECT_EQ(remove({1, 2}).results.codes(), (Codes{ExitCode::ok, ExitCode::forbidden}));
    EXPECT_EQ(event_types(), Names{"claim-removed"});
    at(kTermMin + 200);
    EXPECT_EQ(remove({1, 2}).results.codes(), (Codes{ExitCode::not_found, ExitCode::ok}));
    EXPECT_FALSE(claim_at(kProvider1, 2));
}

TEST_F(VerifregTest, ReceivedTokensMakeAllocations) {
    auto out = returned<AllocationsResponse>(
        receive(kClient1, {make_request(kProvider1, kSize), make_request(kProvider2, 2 * kSize)}, {}, 3 * kSize));
    EXPECT_EQ(event_types(), (Names{"allocation", "allocation"}));
    EXPECT_EQ(out.new_allocations, (std::vector<AllocationId>{1, 2}));
    EXPECT_EQ(out.allocation_results.codes(), (Codes{ExitCode::ok, ExitCode::ok}));
    EXPECT_EQ(out.extension_results.size(), 0U);
    EXPECT_EQ(state<State>().next_allocation_id, 3U);
    EXPECT_EQ(burnt(), BigInt(0));  // only a claim burns datacap
    const auto made = allocation_at(kClient1, 2);
    ASSERT_TRUE(made);
    EXPECT_EQ(made->provider, kProvider2);
    EXPECT_EQ(made->size, 2 * kSize);
    EXPECT_EQ(made->expiration, 100);
    // Requests may be equal; each gets its own ID.
    const auto same = make_request(kProvider1, kSize);
    out = returned<AllocationsResponse>(receive(kClient2, {same, same}, {}, 2 * kSize));
    EXPECT_EQ(out.new_allocations, (std::vector<AllocationId>{3, 4}));
}

TEST_F(VerifregTest, ReceivedTokensExtendClaims) {
    const ChainEpoch term = kTermMin + 100;
    at(100);
    const auto first = add(make_claim(kClient1, kProvider1, kSize, term, 100));
    const auto second = add(make_claim(kClient2, kProvider2, 2 * kSize, term, 100));
    const auto out = returned<AllocationsResponse>(
        receive(kClient1, {make_request(kProvider1, kSize)},
                {{kProvider1, first, term + 1000}, {kProvider2, second, term + 2000}}, 4 * kSize));
    EXPECT_EQ(event_types(), (Names{"allocation", "claim-updated", "claim-updated"}));
    EXPECT_EQ(out.new_allocations, std::vector<AllocationId>{3});
    EXPECT_EQ(out.extension_results.codes(), (Codes{ExitCode::ok, ExitCode::ok}));
    EXPECT_EQ(burnt(), BigInt(3 * kSize));
    EXPECT_EQ(claim_at(kProvider1, first)->term_max, term + 1000);
    EXPECT_EQ(claim_at(kProvider2, second)->term_max, term + 2000);
    EXPECT_EQ(claim_at(kProvider2, second)->client, kClient2);
}

TEST_F(VerifregTest, RefusedTokens) {
    const auto wrong = ExitCode::illegal_argument;
    const auto refused = [&](std::uint64_t bytes, auto change) {
        auto request = make_request(kProvider1, kSize);
        change(request);
        EXPECT_TRUE(exits(ExitCode::illegal_argument, receive(kClient1, {request}, {}, bytes)));
    };
    refused(kSize - 1, [](auto& r) { r.size = kSize - 1; });
    refused(kSize, [](auto& r) { r.term_min = kTermMin - 1; });
    refused(kSize, [](auto& r) { r.term_max = kTermMax + 1; });
    refused(kSize, [](auto& r) { r.term_min = r.term_max + 1; });
    refused(kSize, [](auto& r) { r.expiration = 172'801; });
    refused(kSize, [](auto& r) { r.expiration = -1; });
    refused(kSize, [](auto& r) { r.provider = kClient2; });
    refused(kSize + 1, [](auto&) {});
    EXPECT_TRUE(exits(wrong, receive(kClient1, {make_request(kProvider1, kSize), make_request(kProvider1, kSize - 1)},
                                     {}, 2 * kSize - 1)));
    EXPECT_TRUE(exits(wrong, receive(kClient1, {make_request(kProvider1, kSize)}, {}, kSize, kProvider1)));
    EXPECT_TRUE(exits(wrong, call(kDatacapId, kReceive, UniversalReceiverParams{1, {}})));
    EXPECT_TRUE(exits(ExitCode::serialization,
                      call(kDatacapId, kReceive, UniversalReceiverParams{datacap::kFrc46TokenType, {0x80}})));
    EXPECT_TRUE(
        exits(ExitCode::forbidden, call(kMarketId, kReceive, UniversalReceiverParams{datacap::kFrc46TokenType, {}})));
}

TEST_F(VerifregTest, RefusedExtensions) {
    constexpr ChainEpoch start = 100;
    constexpr ChainEpoch term = kTermMin + 100;
    const auto id = add(make_claim(kClient1, kProvider1, kSize, term, start));
    const auto before = state<State>();
    const auto extend = [&](ChainEpoch epoch, ClaimId claim, ChainEpoch term_max) {
        set_state(before);
        at(epoch);
        return receive(kClient1, {}, {{kProvider1, claim, term_max}}, kSize);
    };
    EXPECT_TRUE(exits(ExitCode::illegal_argument, extend(1100, id, 5'260'486)));
    EXPECT_TRUE(ok(extend(1100, id, 5'260'485)));
    EXPECT_TRUE(exits(ExitCode::forbidden, extend(518'601, id, 518'501 + kTermMin)));
    EXPECT_TRUE(ok(extend(518'600, id, 518'500 + kTermMax)));
    EXPECT_TRUE(exits(ExitCode::illegal_argument, extend(200, id, term)));
    EXPECT_TRUE(exits(ExitCode::illegal_argument, extend(200, id, term - 1)));
    EXPECT_TRUE(ok(extend(200, id, term + 1)));
    EXPECT_TRUE(exits(ExitCode::not_found, extend(200, id + 1, term + 1)));
}

// The cases are those of the module `serialization` of the same file, which go-state-types checks too.
TEST(VerifregMessages, ClaimAllocations) {
    EXPECT_EQ(to_hex(to_cbor(ClaimAllocationsParams{{}, false})), "8280f4");
    EXPECT_EQ(to_hex(to_cbor(ClaimAllocationsParams{{{101, 202, {}}}, true})), "828183186518ca80f5");
    const ClaimAllocationsParams full{
        {{101,
          202,
          {{303, 404, Cid::constant("baga6ea4seaaqa"), 505}, {606, 707, Cid::constant("baga6ea4seaaqc"), 808}}},
         {303, 404, {}}},
        true};
    EXPECT_EQ(
        to_hex(to_cbor(full)),
        "828283186518ca828419012f190194d82a49000181e203922001001901f98419025e1902c3d82a49000181e2039220010119032883"
        "19012f19019480f5");
}

}  // namespace
}  // namespace strata::actors::verifreg
