// Protects the choice of a protocol. Expected bytes: multiformats/multistream-select README (messages with length and
// newline), go-multistream's multistream_test.go (lazy clients, "na", limits).
#include <strata/net/multistream.hpp>

#include <gtest/gtest.h>

#include <strata/base/varint.hpp>

namespace strata::net {
namespace {

Bytes message(std::string_view text) {
    Bytes out = uvarint(text.size() + 1);
    append(out, as_bytes(std::string(text) + "\n"));
    return out;
}

Bytes messages(std::initializer_list<std::string_view> texts) {
    Bytes out;
    for (const auto text : texts) append(out, message(text));
    return out;
}

Multistream answering(std::string protocol) {
    return Multistream::answer([protocol = std::move(protocol)](std::string_view got) { return got == protocol; });
}

Result<bool> feed(Multistream& to, BytesView bytes) {
    auto done = to.on_bytes(bytes);
    if (done) EXPECT_TRUE(bytes.empty());
    return done;
}

TEST(Multistreams, the_header_and_the_first_proposal_leave_together) {
    auto client = Multistream::propose({"/a", "/b"});
    const Bytes expected = messages({"/multistream/1.0.0", "/a"});
    EXPECT_EQ(client.take_output(), expected);
    EXPECT_EQ(expected[0], 19) << "18 characters and the newline";
    EXPECT_TRUE(client.take_output().empty());
}

TEST(Multistreams, two_sides_agree_on_the_first_protocol_that_both_have) {
    auto client = Multistream::propose({"/a", "/b"});
    auto server = answering("/b");
    EXPECT_FALSE(feed(server, client.take_output()).value());
    const auto refusal = server.take_output();
    EXPECT_EQ(refusal, messages({"/multistream/1.0.0", "na"}));
    EXPECT_FALSE(feed(client, refusal).value());
    EXPECT_TRUE(feed(server, client.take_output()).value());
    EXPECT_TRUE(feed(client, server.take_output()).value());
    EXPECT_EQ(client.agreed(), "/b");
    EXPECT_EQ(server.agreed(), "/b");
}

TEST(Multistreams, data_behind_a_lazy_proposal_is_left_for_the_protocol) {
    auto server = answering("/a");
    Bytes input = messages({"/multistream/1.0.0", "/a"});
    append(input, as_bytes("early data"));
    BytesView from(input);
    EXPECT_TRUE(server.on_bytes(from).value());
    EXPECT_EQ(as_text(from), "early data");
    EXPECT_EQ(server.take_output(), messages({"/multistream/1.0.0", "/a"}));
}

TEST(Multistreams, bytes_may_come_one_by_one) {
    auto server = answering("/a");
    const Bytes input = messages({"/multistream/1.0.0", "/x", "/a"});
    for (std::size_t i = 0; i < input.size(); ++i)
        EXPECT_EQ(feed(server, BytesView(input).subspan(i, 1)).value(), i + 1 == input.size());
    EXPECT_EQ(server.agreed(), "/a");
}

TEST(Multistreams, a_peer_that_supports_nothing) {
    auto client = Multistream::propose({"/a"});
    EXPECT_EQ(feed(client, messages({"/multistream/1.0.0", "na"})).error().code(), Errc::unsupported);
}

TEST(Multistreams, wrong_messages_are_refused) {
    const auto code = [](BytesView bytes) {
        auto client = Multistream::propose({"/a"});
        return client.on_bytes(bytes).error().code();
    };
    EXPECT_EQ(code(messages({"/multistream/2.0.0"})), Errc::malformed);
    EXPECT_EQ(code(messages({"/multistream/1.0.0", "/b"})), Errc::malformed) << "a protocol that was not proposed";
    EXPECT_EQ(code(Bytes{0}), Errc::malformed) << "an empty message";
    EXPECT_EQ(code(Bytes{2, 'n', 'a'}), Errc::malformed) << "no newline";
    EXPECT_EQ(code(Bytes{0xff, 0xff, 0xff, 0xff}), Errc::malformed);
    EXPECT_EQ(code(Bytes{0x81, 0x00}), Errc::malformed) << "1 in two bytes";
    EXPECT_EQ(code(as_bytes("GET / HTTP/1.1\r\n\r\n" + std::string(100, ' '))), Errc::malformed);
}

TEST(Multistreams, messages_have_at_most_1024_bytes) {
    const std::string longest(Multistream::kMaxMessage - 1, 'a');
    auto server = answering(longest);
    EXPECT_TRUE(feed(server, messages({"/multistream/1.0.0", longest})).value());
    auto refusing = answering("/a");
    Bytes above = messages({"/multistream/1.0.0"});
    append(above, uvarint(Multistream::kMaxMessage + 1));
    above.push_back('a');
    EXPECT_EQ(feed(refusing, above).error().code(), Errc::too_large) << "refused before the body comes";
}

TEST(Multistreams, at_most_32_proposals) {
    auto server = answering("/a");
    ASSERT_TRUE(feed(server, messages({"/multistream/1.0.0"})));
    for (std::size_t i = 0; i < Multistream::kMaxProposals; ++i) EXPECT_TRUE(feed(server, messages({"/b"})));
    EXPECT_EQ(feed(server, messages({"/a"})).error().code(), Errc::too_large);
    auto last = answering("/a");
    ASSERT_TRUE(feed(last, messages({"/multistream/1.0.0"})));
    for (std::size_t i = 1; i < Multistream::kMaxProposals; ++i) EXPECT_TRUE(feed(last, messages({"/b"})));
    EXPECT_TRUE(feed(last, messages({"/a"})).value());
}

}  // namespace
}  // namespace strata::net
