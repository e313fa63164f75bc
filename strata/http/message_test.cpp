#include <strata/http/message.hpp>

#include <gtest/gtest.h>

#include <thread>

namespace strata::http {
namespace {

Request with_range(std::string range) {
    return {"GET", "/", {}, {{"range", std::move(range)}}, {}};
}

// The examples of RFC 9110 §14.1.2 for a representation of 10000 bytes.
TEST(HttpRange, examples_of_the_rfc) {
    const auto range = [](std::string text) { return requested_range(with_range(std::move(text)), 10000); };
    const auto is = [](const Result<std::optional<ByteRange>>& got, std::uint64_t first, std::uint64_t last) {
        return got && *got && (*got)->first == first && (*got)->last == last;
    };
    EXPECT_TRUE(is(range("bytes=0-499"), 0, 499));
    EXPECT_TRUE(is(range("bytes=500-999"), 500, 999));
    EXPECT_TRUE(is(range("bytes=-500"), 9500, 9999));
    EXPECT_TRUE(is(range("bytes=9500-"), 9500, 9999));
    EXPECT_TRUE(is(range("bytes=9500-20000"), 9500, 9999));
    EXPECT_TRUE(is(range("bytes=-20000"), 0, 9999));
}

TEST(HttpRange, refused_or_ignored) {
    EXPECT_EQ(requested_range(with_range("bytes=10-"), 10).error().code(), Errc::out_of_range);
    EXPECT_EQ(requested_range(with_range("bytes=-0"), 10).error().code(), Errc::out_of_range);
    for (const char* text : {"", "bytes=", "bytes=a-b", "bytes=5-2", "bytes=0-1,3-4", "items=0-1", "bytes=--1"}) {
        const auto got = requested_range(with_range(text), 10);
        EXPECT_TRUE(got && !*got) << text;
    }
}

TEST(HttpTarget, decoded) {
    const auto target = parse_target("/ipfs/a%20b?format=car&dag-scope=all&x=1%2B1&flag");
    ASSERT_TRUE(target);
    EXPECT_EQ(target->path, "/ipfs/a b");
    EXPECT_EQ(target->query.at("format"), "car");
    EXPECT_EQ(target->query.at("x"), "1+1");
    EXPECT_EQ(target->query.at("flag"), "");
    EXPECT_EQ(parse_target("/%41")->path, "/A");
    EXPECT_FALSE(parse_target("/%4"));
    EXPECT_FALSE(parse_target("/%zz"));
    EXPECT_FALSE(parse_target("no-slash"));
}

// A server must accept this form too (RFC 9112 §3.2.2).
TEST(HttpTarget, absolute_form) {
    EXPECT_EQ(parse_target("http://www.example.org/pub/WWW/TheProject.html")->path, "/pub/WWW/TheProject.html");
    EXPECT_EQ(parse_target("http://www.example.org")->path, "/");
    EXPECT_EQ(parse_target("/a?u=http://b/c")->query.at("u"), "http://b/c");
}

TEST(HttpErrors, name_no_local_path) {
    const auto text = [](Errc code, std::string_view what) { return public_text(fail(code, what)); };
    EXPECT_EQ(text(Errc::missing_block, "block bafkqaaa is not in /home/me/.strata/repository: restore it"),
              "block bafkqaaa is not in (a local path): restore it");
    EXPECT_EQ(text(Errc::not_found, "open('/etc/passwd'): file=/a/b"), "open('(a local path)'): file=(a local path)");
    EXPECT_EQ(text(Errc::io, "Corruption: repository/000123.log"), "this node could not read or write its own files");
    for (const std::string same : {"use /rpc/v1", "1/2 of it", "{\"/\": x}", "ask /ipfs/bafkqaaa", "a / b"})
        EXPECT_EQ(text(Errc::malformed, same), same);
}

TEST(HttpLater, is_waited_for) {
    std::thread other;
    auto later = await_answer({200, {}, Later{[&](Done done) {
                                   other = std::thread([done = std::move(done)] { done(text_response(202, "yes")); });
                               }}});
    other.join();
    EXPECT_EQ(later.status, 202U);
    EXPECT_EQ(as_text(std::get<Bytes>(later.body)), "yes\n");
}

}  // namespace
}  // namespace strata::http
