// Tests the pool's rules. Most cases are those of Lotus' chain/messagepool/messagepool_test.go; the verdicts are those
// of chain/sub/incoming.go (MessageValidator.Validate).
#include <strata/chain/message_pool.hpp>

#include <gtest/gtest.h>

#include <strata/chain/base_fee.hpp>
#include <strata/chain/execution.hpp>
#include <strata/chain/inclusion_gas.hpp>
#include <strata/chain/test_chain.hpp>
#include <strata/chain/test_nodes.hpp>

namespace strata::chain {
namespace {

using testing::key_named;
using wallet::KeyType;

const wallet::PrivateKey& key_of(std::string_view name) {
    static std::map<std::string, wallet::PrivateKey, std::less<>> keys;
    auto it = keys.find(name);
    // A name that begins with s stands for a Secp256k1 key.
    if (it == keys.end())
        it = keys.emplace(name, key_named(name, name.starts_with("s") ? KeyType::secp256k1 : KeyType::bls)).first;
    return it->second;
}
Address address_of(std::string_view name) {
    return wallet::address_of(key_of(name)).value();
}

class Pool : public ::testing::Test {
  protected:
    static Message draft(std::string_view from, Nonce nonce, std::int64_t premium = 1'000) {
        Message out;
        out.from = address_of(from);
        out.to = Address::id(1001);
        out.nonce = nonce;
        out.gas_limit = 1'000'000;
        out.gas_fee_cap = 1'000'000;
        out.gas_premium = premium;
        return out;
    }
    static SignedMessage message(std::string_view from, Nonce nonce, std::int64_t premium = 1'000) {
        return testing::sign(draft(from, nonce, premium), key_of(from));
    }
    static SignedMessage changed(const std::function<void(Message&)>& change) {
        Message out = draft("sa", 0);
        change(out);
        return testing::sign(out, key_of("sa"));
    }
    struct Answer {
        Errc code;
        Verdict verdict;
        friend bool operator==(const Answer&, const Answer&) = default;
        friend void PrintTo(const Answer& a, std::ostream* out) {
            *out << errc_name(a.code) << ", verdict " << static_cast<int>(a.verdict);
        }
    };
    Answer refusal(const SignedMessage& message, AddKind kind = AddKind::remote) {
        const auto added = pool_.add(message, kind);
        if (added) return {Errc::internal, Verdict::accept};
        return {added.error().code(), MessagePool::verdict_of(added.error())};
    }
    static BlockMessages block_of(const std::vector<SignedMessage>& messages) {
        BlockMessages out;
        for (const auto& m : messages) {
            if (m.signature.type == Signature::Type::bls)
                out.bls.push_back(m.message);
            else
                out.secp.push_back(m);
        }
        return out;
    }
    std::vector<Nonce> pending_of(std::string_view from) {
        std::vector<Nonce> out;
        for (const auto& entry : pool_.pending_from(address_of(from))) out.push_back(entry.message.message.nonce);
        return out;
    }

    testing::TestChain chain_{{address_of("sa"), address_of("sb"), address_of("ba"), address_of("bb")}};
    MessagePool pool_{chain_.states, {.high = 30, .low = 20}};
};

using Nonces = std::vector<Nonce>;
constexpr auto kAccepted = Errc::internal;

// Source: TestMessagePool.
TEST_F(Pool, nonces_count_up_while_messages_wait) {
    EXPECT_EQ(pool_.next_nonce(address_of("sa")).value(), 0U);
    for (Nonce nonce = 0; nonce < 5; ++nonce) {
        ASSERT_TRUE(pool_.add(message("sa", nonce), AddKind::remote));
        EXPECT_EQ(pool_.next_nonce(address_of("sa")).value(), nonce + 1);
    }
    EXPECT_EQ(pool_.next_nonce(Address::id(100)).value(), 5U);
    ASSERT_TRUE(chain_.advance(block_of({message("sa", 0), message("sa", 1)})));
    ASSERT_TRUE(pool_.follow_head());
    EXPECT_EQ(pending_of("sa"), (Nonces{2, 3, 4}));
    EXPECT_EQ(pool_.next_nonce(address_of("sa")).value(), 5U);
}

// Source: TestCheckMessageBig, TestMessageBelowMinGasFee, TestMessageValueTooHigh, TestMessageSignatureInvalid; the
// verdicts follow the list of errors in incoming.go.
TEST_F(Pool, refusals_carry_the_verdict_of_lotus) {
    EXPECT_EQ(refusal(changed([](Message& m) {
                  m.params = Bytes(41 << 10);
                  m.gas_limit = 100'000'000;
              })),
              (Answer{kAccepted, Verdict::accept}));
    EXPECT_EQ(refusal(changed([](Message& m) {
                  m.params = Bytes(64 << 10);
                  m.gas_limit = 100'000'000;
              })),
              (Answer{Errc::too_large, Verdict::reject}));
    EXPECT_EQ(refusal(changed([](Message& m) {
                  m.gas_fee_cap = 99;
                  m.gas_premium = 1;
              })),
              (Answer{Errc::invalid_argument, Verdict::ignore}));
    EXPECT_EQ(refusal(changed([](Message& m) { m.value = total_filecoin(); })),
              (Answer{Errc::verification, Verdict::reject}));
    EXPECT_EQ(refusal(changed([](Message& m) { m.version = 1; })), (Answer{Errc::verification, Verdict::reject}));
    auto wrong = message("sa", 0);
    wrong.message.value = 1;
    EXPECT_EQ(refusal(wrong), (Answer{Errc::verification, Verdict::reject}));
    // The errors are ErrNonceGap, ErrNonceTooLow, ErrNotEnoughFunds, and a sender that does not exist yet.
    EXPECT_EQ(refusal(message("sa", 7)), (Answer{Errc::out_of_range, Verdict::ignore}));
    EXPECT_EQ(refusal(message("stranger", 0)), (Answer{Errc::not_found, Verdict::ignore}));
    chain_.set_nonce(address_of("sb"), 3);
    chain_.set_balance(address_of("ba"), 10);
    chain_.advance();
    EXPECT_EQ(refusal(message("sb", 2)), (Answer{Errc::out_of_range, Verdict::ignore}));
    EXPECT_EQ(refusal(message("ba", 0)), (Answer{Errc::invalid_argument, Verdict::ignore}));
    EXPECT_EQ(pool_.size(), 1U);
}

TEST_F(Pool, a_message_has_64_kibibytes) {
    const auto of_size = [](std::size_t size) {
        const auto with = [](std::size_t bytes) {
            return changed([bytes](Message& m) {
                m.params = Bytes(bytes);
                m.gas_limit = 200'000'000;
            });
        };
        const auto around = to_cbor(with(60'000)).size() - 60'000;
        auto out = with(size - around);
        EXPECT_EQ(to_cbor(out).size(), size);
        return out;
    };
    EXPECT_EQ(refusal(of_size(65'536)), (Answer{kAccepted, Verdict::accept}));
    for (int i = 0; i < 100; ++i) EXPECT_EQ(refusal(of_size(65'537)), (Answer{Errc::too_large, Verdict::reject}));
    EXPECT_EQ(pool_.size(), 1U);
}

// Lotus' minimum on networks without heights is lower than the VM's charge. Peers pass such messages on: they are
// refused, but the peer is not blamed.
TEST_F(Pool, a_gas_limit_between_the_two_inclusion_costs_is_nobodys_fault) {
    const auto length = static_cast<std::size_t>(message("sa", 0).chain_length());
    const auto with_limit = [&](std::int64_t limit) { return changed([&](Message& m) { m.gas_limit = limit; }); };
    const auto rule = least_gas_limit(chain_.network, 1, length);
    const auto charge = vm_inclusion_gas(kFireHorse, length);
    ASSERT_LT(rule, charge);
    EXPECT_EQ(refusal(with_limit(rule - 1)), (Answer{Errc::verification, Verdict::reject}));
    EXPECT_EQ(refusal(with_limit(rule)), (Answer{Errc::invalid_argument, Verdict::ignore}));
    EXPECT_EQ(refusal(with_limit(charge - 1), AddKind::local), (Answer{Errc::invalid_argument, Verdict::ignore}));
    EXPECT_EQ(refusal(with_limit(charge)), (Answer{kAccepted, Verdict::accept}));
}

// Blocks may name a sender by its ID; the pool may not (lotus sigs.Verify with an ID fails, incoming.go rejects).
TEST_F(Pool, senders_are_named_by_their_key) {
    auto by_id = message("sa", 0);
    by_id.message.from = Address::id(100);
    EXPECT_EQ(refusal(by_id), (Answer{Errc::verification, Verdict::reject}));
}

// Source: TestAddMessageTwice, TestAddMessageTwiceNonceGap, TestAddMessageTwiceCidDiff,
// TestAddMessageTwiceCidDiffReplaced.
TEST_F(Pool, a_message_is_replaced_by_one_that_pays_a_tenth_more) {
    const auto first = message("sa", 0, 1'000);
    ASSERT_TRUE(pool_.add(first, AddKind::remote));
    EXPECT_EQ(refusal(first), (Answer{Errc::invalid_argument, Verdict::ignore}));
    EXPECT_EQ(least_replacement_premium(1'000), BigInt(1'101));
    EXPECT_EQ(refusal(message("sa", 0, 1'100)), (Answer{Errc::invalid_argument, Verdict::ignore}));
    const auto second = message("sa", 0, 1'101);
    EXPECT_EQ(pool_.add(second, AddKind::remote).value(), second.cid());
    EXPECT_FALSE(pool_.find(first.cid()));
    EXPECT_EQ(pool_.find(second.cid()), second);
    EXPECT_EQ(pool_.size(), 1U);
    ASSERT_TRUE(pool_.add(message("sa", 3), AddKind::remote));
    EXPECT_EQ(refusal(message("sa", 3, 2'000)), (Answer{Errc::out_of_range, Verdict::ignore}));
}

TEST_F(Pool, gaps_are_limited_for_peers_and_forbidden_for_guests) {
    EXPECT_TRUE(pool_.add(message("sa", 4), AddKind::remote));
    EXPECT_EQ(refusal(message("sa", 5)), (Answer{Errc::out_of_range, Verdict::ignore}));
    EXPECT_EQ(refusal(message("sb", 1), AddKind::untrusted).code, Errc::out_of_range);
    EXPECT_TRUE(pool_.add(message("sb", 0), AddKind::untrusted));
    EXPECT_TRUE(pool_.add(message("ba", 9), AddKind::local));
}

// MaxActorPendingMessages holds for every sender, the owner included (msgSet.add).
TEST_F(Pool, a_sender_has_a_limit_of_pending_messages) {
    MessagePool small(chain_.states, {.pending_per_sender = 3, .pending_per_guest = 2});
    for (Nonce nonce = 0; nonce < 3; ++nonce) ASSERT_TRUE(small.add(message("sa", nonce), AddKind::local));
    EXPECT_EQ(small.add(message("sa", 3), AddKind::local).error().code(), Errc::busy);
    EXPECT_EQ(small.add(message("sa", 3), AddKind::remote).error().code(), Errc::busy);
    EXPECT_TRUE(small.add(message("sa", 2, 2'000), AddKind::local));
    for (Nonce nonce = 0; nonce < 2; ++nonce) ASSERT_TRUE(small.add(message("sb", nonce), AddKind::untrusted));
    EXPECT_EQ(small.add(message("sb", 2), AddKind::untrusted).error().code(), Errc::busy);
}

TEST_F(Pool, the_gas_of_all_pending_messages_must_be_there) {
    const TokenAmount one = BigInt(1'000'000) * BigInt(1'000'000);
    chain_.set_balance(address_of("sa"), one + one);
    chain_.advance();
    EXPECT_TRUE(pool_.add(message("sa", 0), AddKind::remote));
    EXPECT_TRUE(pool_.add(message("sa", 1), AddKind::remote));
    EXPECT_EQ(refusal(message("sa", 2)), (Answer{Errc::invalid_argument, Verdict::ignore}));
    EXPECT_TRUE(pool_.add(message("sa", 1, 2'000), AddKind::remote));
}

TEST_F(Pool, at_a_high_base_fee_only_the_owner_may_bid_low) {
    chain_.base_fee = 200'000'000;
    chain_.advance();
    EXPECT_EQ(refusal(message("sa", 0)), (Answer{Errc::invalid_argument, Verdict::ignore}));
    EXPECT_TRUE(pool_.add(message("sa", 0), AddKind::local));
    EXPECT_FALSE(pool_.is_worth_publishing(message("sa", 0).message).value());
}

// The head is not executed yet, and cannot be executed here. A peer's message is judged by the state before the head
// and the nonces that the head used.
TEST_F(Pool, messages_of_peers_execute_nothing) {
    const auto head = chain_.extend(chain_.chain.head(), block_of({message("sa", 0), message("ba", 0)}));
    ASSERT_TRUE(chain_.chain.set_head(head));
    EXPECT_EQ(refusal(message("sa", 0)), (Answer{Errc::out_of_range, Verdict::ignore}));
    EXPECT_TRUE(pool_.add(message("sa", 1), AddKind::remote));
    EXPECT_TRUE(pool_.add(message("ba", 1), AddKind::remote));
    EXPECT_FALSE(pool_.add(message("sb", 0), AddKind::local));
    chain_.record(head);
    EXPECT_TRUE(pool_.add(message("sb", 0), AddKind::local));
}

// The messages of a reverted tipset come back, also BLS messages, which blocks hold without a signature
// (TestRevertMessages).
TEST_F(Pool, a_reverted_tipset_gives_its_messages_back) {
    const auto genesis = chain_.chain.head();
    const auto before = chain_.state_root;
    const std::vector<SignedMessage> messages{message("sa", 0), message("sa", 1), message("ba", 0)};
    for (const auto& m : messages) ASSERT_TRUE(pool_.add(m, AddKind::remote));
    chain_.advance(block_of(messages));
    ASSERT_TRUE(pool_.follow_head());
    EXPECT_TRUE(pool_.empty());

    chain_.state_root = before;
    const auto other = chain_.extend(genesis, block_of({message("sa", 0)}));
    chain_.set_nonce(address_of("sa"), 1);
    chain_.record(other);
    ASSERT_TRUE(chain_.chain.set_head(other));
    ASSERT_TRUE(pool_.follow_head());
    EXPECT_EQ(pending_of("sa"), Nonces{1});
    EXPECT_EQ(pending_of("ba"), Nonces{0});
    EXPECT_EQ(pool_.find(messages[2].cid()), messages[2]);
}

TEST_F(Pool, a_sender_that_a_block_names_by_id_is_the_same_sender) {
    ASSERT_TRUE(pool_.add(message("sa", 0), AddKind::remote));
    auto by_id = message("sa", 0);
    by_id.message.from = Address::id(100);
    const auto head = chain_.extend(chain_.chain.head(), block_of({by_id}));
    chain_.set_nonce(address_of("sa"), 1);
    chain_.record(head);
    ASSERT_TRUE(chain_.chain.set_head(head));
    ASSERT_TRUE(pool_.follow_head());
    EXPECT_TRUE(pool_.empty());
}

// Source: TestLoadLocal. Unlike that test, this one also checks that a message stays if the reason of its refusal may
// pass.
TEST_F(Pool, local_messages_outlive_a_restart) {
    const std::vector<SignedMessage> mine{message("sa", 0), message("sa", 1), message("ba", 0), message("bb", 0)};
    for (const auto& m : mine) ASSERT_TRUE(pool_.add(m, AddKind::local));
    ASSERT_TRUE(pool_.add(message("sb", 0), AddKind::remote));
    ASSERT_TRUE(chain_.meta.put("pool/local/damaged", Bytes{1, 2, 3}));

    chain_.set_nonce(address_of("ba"), 1);     // used up
    chain_.set_balance(address_of("bb"), 10);  // passes
    chain_.advance();
    {
        MessagePool later(chain_.states);
        ASSERT_TRUE(later.open());
        EXPECT_EQ(later.size(), 2U);
        EXPECT_EQ(later.find(mine[0].cid()), mine[0]);
        ASSERT_TRUE(later.follow_head());
    }
    EXPECT_FALSE(chain_.meta.get("pool/local/damaged").value());
    EXPECT_FALSE(chain_.meta.get("pool/local/" + mine[2].cid().to_string()).value());
    EXPECT_TRUE(chain_.meta.get("pool/local/" + mine[3].cid().to_string()).value());

    MessagePool again(chain_.states);
    ASSERT_TRUE(again.open());
    chain_.set_balance(address_of("bb"), fil(1));
    chain_.advance();
    EXPECT_TRUE(again.to_republish());
    EXPECT_EQ(again.find(mine[3].cid()), mine[3]);
}

TEST_F(Pool, included_local_messages_are_forgotten_and_reverted_ones_kept_again) {
    const auto genesis = chain_.chain.head();
    const auto before = chain_.state_root;
    const auto mine = message("sa", 0);
    const auto record = "pool/local/" + mine.cid().to_string();
    ASSERT_TRUE(pool_.add(mine, AddKind::local));
    chain_.advance(block_of({mine}));
    ASSERT_TRUE(pool_.follow_head());
    EXPECT_FALSE(chain_.meta.get(record).value());
    chain_.state_root = before;
    const auto other = chain_.extend(genesis);
    chain_.record(other);
    ASSERT_TRUE(chain_.chain.set_head(other));
    ASSERT_TRUE(pool_.follow_head());
    EXPECT_TRUE(chain_.meta.get(record).value());
}

// Messages of others are stored with their blocks, not before.
TEST_F(Pool, only_own_messages_are_stored) {
    const auto theirs = message("sa", 0), mine = message("sb", 0);
    ASSERT_TRUE(pool_.add(theirs, AddKind::remote));
    ASSERT_TRUE(pool_.add(mine, AddKind::local));
    EXPECT_FALSE(chain_.blocks.has(theirs.cid()).value());
    EXPECT_TRUE(chain_.blocks.has(mine.cid()).value());
}

// The pool is pruned down to the low mark; the most expensive ones stay, and local ones always do (TestPruningSimple).
TEST_F(Pool, pruning_keeps_the_dearest_and_the_own) {
    for (Nonce nonce = 0; nonce < 5; ++nonce) ASSERT_TRUE(pool_.add(message("sa", nonce, 10), AddKind::local));
    for (Nonce nonce = 0; nonce < 12; ++nonce) {
        ASSERT_TRUE(pool_.add(message("sb", nonce, 1'000), AddKind::remote));
        ASSERT_TRUE(pool_.add(message("ba", nonce, 100), AddKind::remote));
    }
    EXPECT_EQ(pool_.size(), 29U);
    ASSERT_TRUE(pool_.add(message("bb", 0, 10'000), AddKind::remote));
    EXPECT_EQ(pool_.size(), 20U);
    EXPECT_EQ(pending_of("sa").size(), 5U);
    EXPECT_EQ(pending_of("bb").size(), 1U);
    EXPECT_EQ(pending_of("sb").size(), 12U);
    EXPECT_EQ(pending_of("ba"), (Nonces{0, 1}));
}

// The second half of TestBasicMessageSelection: a block on a tipset that the pool has not followed.
TEST_F(Pool, selection_is_for_a_tipset) {
    for (Nonce nonce = 0; nonce < 3; ++nonce) ASSERT_TRUE(pool_.add(message("sa", nonce), AddKind::remote));
    const auto genesis = chain_.chain.head();
    EXPECT_EQ(pool_.select(genesis, {}).value().size(), 3U);
    const auto above = chain_.extend(genesis, block_of({message("sa", 0), message("sa", 1)}));
    chain_.set_nonce(address_of("sa"), 2);
    chain_.record(above);
    const auto left = pool_.select(above, {}).value();
    ASSERT_EQ(left.size(), 1U);
    EXPECT_EQ(left[0].message.nonce, 2U);
    // The head includes a message; a different block at the same height may include it too.
    ASSERT_TRUE(chain_.chain.set_head(above));
    ASSERT_TRUE(pool_.follow_head());
    EXPECT_EQ(pool_.size(), 1U);
    EXPECT_EQ(pool_.select(genesis, {}).value().size(), 3U);
}

TEST_F(Pool, republishing_stops_a_sender_where_peers_would_refuse) {
    chain_.base_fee = 5'000'000;
    chain_.advance();
    auto cheap = draft("sa", 1);
    cheap.gas_fee_cap = 1'000;
    ASSERT_TRUE(pool_.add(message("sa", 0), AddKind::local));
    ASSERT_TRUE(pool_.add(testing::sign(cheap, key_of("sa")), AddKind::local));
    ASSERT_TRUE(pool_.add(message("sa", 2), AddKind::local));
    ASSERT_TRUE(pool_.add(message("sb", 0), AddKind::remote));
    const auto again = pool_.to_republish().value();
    ASSERT_EQ(again.size(), 1U);
    EXPECT_EQ(again[0].message.nonce, 0U);
}

// If the head cannot be read, the pool stays where it is. Each call reports this until the block is available again.
TEST(PoolHead, a_failure_to_follow_is_reported_and_tried_again) {
    testing::Nodes nodes(1);
    auto& node = nodes[0];
    MessagePool pool(node->states());
    const auto waiting = testing::Nodes::transfer(0, 1);
    ASSERT_TRUE(pool.add(waiting, AddKind::remote));
    const auto block = nodes.extend(node, {.messages = {waiting}});
    node.blocks.lose(block.header.messages);
    for (int i = 0; i < 2; ++i) {
        EXPECT_EQ(pool.follow_head().error().code(), Errc::missing_block);
        EXPECT_EQ(pool.add(testing::Nodes::transfer(1, 1), AddKind::remote).error().code(), Errc::missing_block);
        EXPECT_EQ(pool.next_nonce(waiting.message.from).error().code(), Errc::missing_block);
        EXPECT_EQ(pool.size(), 1U);
    }
    node.blocks.find_again();
    EXPECT_TRUE(pool.add(testing::Nodes::transfer(1, 1), AddKind::remote));
    EXPECT_FALSE(pool.find(waiting.cid()));
    EXPECT_EQ(pool.size(), 1U);
}

}  // namespace
}  // namespace strata::chain
