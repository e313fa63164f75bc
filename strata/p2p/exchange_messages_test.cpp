// Protects the messages of chain exchange. Expected values: responses and refusals of a running Lotus 1.36.2 over its
// recorded chain (vectors/lotus-devnet/long); docs/protocol/node.md §18 for the rules of a response.
#include <strata/p2p/exchange_messages.hpp>

#include <gtest/gtest.h>

#include <strata/base/hex.hpp>
#include <strata/chain/test_recorded.hpp>
#include <strata/p2p/test_wire.hpp>

namespace strata::p2p {
namespace {

using chain::ChainRequest;
using chain::testing::RecordedChain;
using testing::recorded_refusals;
using testing::recorded_responses;

/// Reads a response in parts of this size and returns its tipsets.
Result<std::vector<ExchangeTipset>> read(BytesView bytes, std::uint64_t most, std::size_t part,
                                         ExchangeReader* kept = nullptr) {
    ExchangeReader own(most, kMaxExchangeTipset);
    ExchangeReader& reader = kept == nullptr ? own : *kept;
    std::vector<ExchangeTipset> out;
    while (!bytes.empty() && !reader.is_complete()) {
        BytesView now = bytes.first(std::min(part, bytes.size()));
        const std::size_t before = now.size();
        STRATA_TRY(auto tipset, reader.next(now));
        bytes = bytes.subspan(before - now.size());
        if (tipset) out.push_back(std::move(*tipset));
    }
    return out;
}

ChainRequest asked(const ExchangeRequest& request) {
    return {.top = TipsetKey(request.head),
            .length = request.length,
            .what = request.options == 3 ? ChainRequest::What::blocks : ChainRequest::What::headers};
}

std::vector<std::vector<chain::FullBlock>> recorded(std::size_t length, ChainRequest::What what) {
    auto& chain = RecordedChain::with_long_history();
    const auto head = recorded_responses().at(0).request.head;
    return chain::serve_chain(chain.store, {.top = TipsetKey(head), .length = length, .what = what}).value();
}

Bytes response(ExchangeStatus status, const std::vector<std::vector<chain::FullBlock>>& tipsets,
               std::uint64_t options) {
    Bytes out = exchange_response_head(status, "", tipsets.size());
    for (const auto& blocks : tipsets) append(out, exchange_tipset(blocks, options));
    return out;
}

TEST(ExchangeMessages, responses_are_byte_for_byte_those_of_lotus) {
    const auto samples = recorded_responses();
    ASSERT_EQ(samples.size(), 3U);
    for (const auto& [request, raw] : samples) {
        EXPECT_EQ(refusal_of(request), std::nullopt);
        const auto tipsets = recorded(request.length, ChainRequest::What::blocks);
        EXPECT_EQ(to_hex(response(ExchangeStatus::ok, tipsets, request.options)), to_hex(raw));
    }
}

TEST(ExchangeMessages, responses_of_lotus_are_read_in_pieces_of_any_size) {
    for (const auto& [request, raw] : recorded_responses()) {
        for (const std::size_t part : {std::size_t{1}, std::size_t{7}, std::size_t{4096}, SIZE_MAX}) {
            ExchangeReader reader(request.length, kMaxExchangeTipset);
            const auto got = read(raw, request.length, part, &reader);
            ASSERT_TRUE(got) << got.error().message();
            EXPECT_TRUE(reader.is_complete());
            EXPECT_EQ(reader.status(), ExchangeStatus::ok);
            ASSERT_EQ(got->size(), request.length);
            Bytes again = exchange_response_head(reader.status(), reader.text(), got->size());
            for (const auto& tipset : *got) append(again, to_cbor(tipset));
            EXPECT_EQ(again, raw);
        }
    }
}

TEST(ExchangeMessages, a_checked_response_gives_the_blocks_of_the_chain) {
    for (const auto& [request, raw] : recorded_responses()) {
        if (request.options == ExchangeRequest::kMessages) continue;  // never asked for here
        ExchangeChecker checker(asked(request));
        const auto expected = recorded(request.length, asked(request).what);
        std::size_t i = 0;
        for (auto& tipset : read(raw, request.length, SIZE_MAX).value()) {
            const auto blocks = checker.take(std::move(tipset));
            ASSERT_TRUE(blocks) << blocks.error().message();
            ASSERT_EQ(blocks->size(), expected.at(i).size());
            for (std::size_t b = 0; b < blocks->size(); ++b) {
                EXPECT_EQ((*blocks)[b].header, expected[i][b].header);
                EXPECT_EQ((*blocks)[b].messages.bls, expected[i][b].messages.bls);
                EXPECT_EQ((*blocks)[b].messages.secp, expected[i][b].messages.secp);
            }
            ++i;
        }
        EXPECT_TRUE(checker.finish(ExchangeStatus::ok));
    }
}

TEST(ExchangeMessages, refusals_are_those_of_lotus) {
    const Cid cid = Cid::hash_of(Codec::dag_cbor, {});
    const auto refusals = recorded_refusals();
    ASSERT_EQ(refusals.size(), 3U);
    EXPECT_EQ(refusal_of({{cid}, 0, 3}), refusals[0]);
    EXPECT_EQ(refusal_of({{cid}, 1, 0}), refusals[1]);
    EXPECT_EQ(refusal_of({{cid}, 901, 1}), refusals[2]);
    EXPECT_EQ(refusal_of({{}, 1, 1}), "no cids in request");  // lotus chain/exchange/server.go
    EXPECT_EQ(refusal_of({{cid}, 900, 2}), std::nullopt);
    EXPECT_EQ(refusal_of({{cid}, 1, 4}), "no options set") << "a bit without meaning";
}

TEST(ExchangeMessages, a_request_is_a_tuple_of_three) {
    const Cid cid = Cid::constant("bafy2bzaceddi6jv2lxnfnnzyc76rfp2tl24tevuasq4q2gdbs3w2of6jdkjpy");
    const auto request = to_exchange({.top = TipsetKey({cid}), .length = 500, .what = ChainRequest::What::headers});
    EXPECT_EQ(to_hex(to_cbor(request)), "8381d82a582700" + to_hex(cid.bytes()) + "1901f401");
    EXPECT_EQ(from_cbor<ExchangeRequest>(to_cbor(request)).value(), request);
    EXPECT_EQ(to_exchange({.top = TipsetKey({cid}), .length = 1, .what = ChainRequest::What::blocks}).options, 3U);
}

TEST(ExchangeMessages, messages_that_blocks_share_are_sent_once) {
    chain::FullBlock a;
    chain::FullBlock b = a;
    Message first, second;
    first.to = first.from = second.to = second.from = Address::id(1);
    second.nonce = 1;
    a.messages.bls = {first, second};
    b.messages.bls = {second, first, second};
    auto tipset = from_cbor<ExchangeTipset>(exchange_tipset({a, b}, ExchangeRequest::kMessages)).value();
    ASSERT_TRUE(tipset.messages);
    tipset.blocks.resize(2);
    EXPECT_EQ(tipset.messages->bls, (std::vector{first, second}));
    EXPECT_EQ(tipset.messages->bls_includes.of_blocks, (std::vector<std::vector<std::uint64_t>>{{0, 1}, {1, 0, 1}}));
    const auto blocks = expand(ExchangeTipset(tipset)).value();
    EXPECT_EQ(blocks[0].messages.bls, a.messages.bls);
    EXPECT_EQ(blocks[1].messages.bls, b.messages.bls);
}

TEST(ExchangeMessages, include_lists_must_fit) {
    ExchangeTipset good;
    good.blocks.resize(2);
    good.messages.emplace();
    good.messages->bls.resize(2);
    good.messages->bls_includes.of_blocks = {{0, 1}, {1}};
    good.messages->secp_includes.of_blocks = {{}, {}};
    EXPECT_TRUE(expand(ExchangeTipset(good)));
    ExchangeTipset bad = good;
    bad.messages->bls_includes.of_blocks[1] = {2};
    EXPECT_EQ(expand(std::move(bad)).error().code(), Errc::verification) << "an index behind the end";
    bad = good;
    bad.messages->secp_includes.of_blocks = {{}};
    EXPECT_EQ(expand(std::move(bad)).error().code(), Errc::verification) << "a list for each block";
    bad = good;
    bad.messages->secp_includes.of_blocks = {{}, {0}};
    EXPECT_EQ(expand(std::move(bad)).error().code(), Errc::verification) << "an index into an empty list";
}

TEST(ExchangeMessages, a_long_message_that_is_named_often_does_not_fill_the_memory) {
    ExchangeTipset tipset;
    tipset.blocks.resize(1);
    tipset.messages.emplace();
    tipset.messages->bls.resize(1);
    tipset.messages->bls[0].params = Bytes(1 << 20);
    tipset.messages->secp_includes.of_blocks = {{}};
    const std::size_t each = sizeof(Message) + (1 << 20);
    tipset.messages->bls_includes.of_blocks = {std::vector<std::uint64_t>(10)};
    EXPECT_TRUE(expand(ExchangeTipset(tipset), 10 * each));
    EXPECT_EQ(expand(ExchangeTipset(tipset), 10 * each - 1).error().code(), Errc::too_large);
    tipset.messages->bls_includes.of_blocks = {std::vector<std::uint64_t>(10'000)};
    EXPECT_EQ(expand(std::move(tipset)).error().code(), Errc::too_large) << "ten gigabytes";
}

TEST(ExchangeMessages, lists_have_the_limits_of_lotus) {
    const auto includes = [](std::size_t blocks, std::size_t messages) {
        MessageIncludes out;
        out.of_blocks.assign(blocks, std::vector<std::uint64_t>(messages));
        return from_cbor<MessageIncludes>(to_cbor(out));
    };
    EXPECT_TRUE(includes(100, 1));
    EXPECT_EQ(includes(101, 1).error().code(), Errc::too_large);
    EXPECT_TRUE(includes(1, 10'000));
    EXPECT_EQ(includes(1, 10'001).error().code(), Errc::too_large);
}

TEST(ExchangeMessages, a_response_has_no_more_tipsets_than_asked_for) {
    const auto tipsets = recorded(3, ChainRequest::What::headers);
    EXPECT_EQ(read(response(ExchangeStatus::ok, tipsets, 1), 3, 100).value().size(), 3U);
    const auto got = read(response(ExchangeStatus::ok, tipsets, 1), 2, 100);
    EXPECT_EQ(got.error().code(), Errc::verification);
    // No memory is taken for a length that is only announced.
    EXPECT_EQ(read(from_hex("8300609bffffffffffffffff").value(), 900, 1).error().code(), Errc::verification);
}

TEST(ExchangeMessages, texts_and_tipsets_have_a_limit) {
    const auto with_text = [](std::size_t size) {
        return read(exchange_response_head(ExchangeStatus::internal_error, std::string(size, 'x'), 0), 1, 1000);
    };
    EXPECT_TRUE(with_text(8'192));
    EXPECT_EQ(with_text(8'193).error().code(), Errc::too_large);
    const auto one = recorded(1, ChainRequest::What::headers);
    const Bytes bytes = response(ExchangeStatus::ok, one, 1);
    const std::size_t size = exchange_tipset(one[0], 1).size();
    ExchangeReader fits(1, size), tight(1, size - 1);
    EXPECT_TRUE(read(bytes, 1, 100, &fits));
    EXPECT_EQ(read(bytes, 1, 100, &tight).error().code(), Errc::too_large);
}

TEST(ExchangeMessages, what_is_not_a_response_is_refused) {
    for (const auto* hex :
         {"820060", "00", "83606080", "83000080", "8300600", "830060f6", "83006081f6", "8300608182"}) {
        const auto bytes = from_hex(std::string_view(hex).substr(0, std::string_view(hex).size() / 2 * 2)).value();
        ExchangeReader reader(900, kMaxExchangeTipset);
        const auto got = read(bytes, 900, 1, &reader);
        EXPECT_FALSE(got && reader.is_complete()) << hex;
    }
}

class Checks : public ::testing::Test {
  protected:
    using What = ChainRequest::What;
    static ExchangeTipset sent(const std::vector<chain::FullBlock>& blocks, std::uint64_t options) {
        return from_cbor<ExchangeTipset>(exchange_tipset(blocks, options)).value();
    }
    ExchangeChecker checker(What what, std::size_t length = 8) {
        return ExchangeChecker(
            {.top = TipsetKey(recorded_responses().at(0).request.head), .length = length, .what = what});
    }
    std::vector<std::vector<chain::FullBlock>> chain = recorded(8, What::blocks);
};

TEST_F(Checks, the_first_tipset_is_the_one_asked_for) {
    EXPECT_TRUE(checker(What::headers).take(sent(chain[0], 1)));
    EXPECT_EQ(checker(What::headers).take(sent(chain[1], 1)).error().code(), Errc::verification);
}

TEST_F(Checks, each_tipset_is_the_parent_of_the_one_before) {
    auto good = checker(What::headers);
    EXPECT_TRUE(good.take(sent(chain[0], 1)));
    EXPECT_TRUE(good.take(sent(chain[1], 1)));
    auto twice = checker(What::headers);
    EXPECT_TRUE(twice.take(sent(chain[0], 1)));
    EXPECT_FALSE(twice.take(sent(chain[0], 1)));
    auto gap = checker(What::headers);
    EXPECT_TRUE(gap.take(sent(chain[0], 1)));
    EXPECT_FALSE(gap.take(sent(chain[2], 1)));
}

TEST_F(Checks, a_tipset_without_blocks_is_refused) {
    EXPECT_FALSE(checker(What::headers).take({}));
}

TEST_F(Checks, messages_come_if_and_only_if_they_were_asked_for) {
    EXPECT_FALSE(checker(What::headers).take(sent(chain[0], 3)));
    EXPECT_FALSE(checker(What::blocks).take(sent(chain[0], 1)));
    EXPECT_TRUE(checker(What::blocks).take(sent(chain[0], 3)));
}

TEST_F(Checks, blocks_name_their_messages) {
    const auto with = std::ranges::find_if(
        chain, [](const auto& blocks) { return !blocks[0].messages.bls.empty() || !blocks[0].messages.secp.empty(); });
    ASSERT_NE(with, chain.end()) << "a tipset of the sample has messages";
    auto check = checker(What::blocks);
    for (auto it = chain.begin(); it != with; ++it) ASSERT_TRUE(check.take(sent(*it, 3)));
    auto emptied = *with;
    emptied[0].messages = {};
    EXPECT_EQ(check.take(sent(emptied, 3)).error().code(), Errc::verification);
}

TEST_F(Checks, fewer_tipsets_are_announced_as_partial) {
    auto check = checker(What::headers, 2);
    EXPECT_FALSE(check.finish(ExchangeStatus::partial)) << "at least one";
    EXPECT_TRUE(check.take(sent(chain[0], 1)));
    EXPECT_FALSE(check.finish(ExchangeStatus::ok));
    EXPECT_TRUE(check.finish(ExchangeStatus::partial));
    EXPECT_TRUE(check.take(sent(chain[1], 1)));
    EXPECT_TRUE(check.finish(ExchangeStatus::ok));
}

}  // namespace
}  // namespace strata::p2p
