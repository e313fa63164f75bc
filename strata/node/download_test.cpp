// Protects the download of snapshots: it goes on where it was cut off, does not mix two files, and takes servers as
// they are. The server follows RFC 9110 (ranges §14, redirections §15.4) as far as each test lets it.
#include <strata/node/download.hpp>

#include <gtest/gtest.h>

#include <fstream>

#include <strata/base/files.hpp>
#include <strata/http/server.hpp>
#include <strata/testing/temp_folder.hpp>

namespace strata::node {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

class Downloads : public ::testing::Test {
  protected:
    Downloads() {
        for (std::size_t i = 0; i < content.size(); ++i) content[i] = static_cast<std::uint8_t>(i * 31 + i / 251);
    }
    std::string url(const std::string& path = "/big.car.zst") const { return server->url() + path; }
    Result<fs::path> fetch(const std::string& path = "/big.car.zst") {
        return download(url(path), folder / "in", {.pause = 10ms, .attempts = 3, .silence = 10s});
    }
    static Bytes bytes_of(const fs::path& file) { return read_file(file, 10 << 20).value(); }

    testing::TempFolder folder;
    Bytes content = Bytes(300'000);
    std::atomic<bool> has_ranges = true;
    std::string version = "\"1\"";
    std::atomic<int> failures = 0;  // of the next requests for parts
    std::vector<std::string> asked;

  private:
    http::Response answer(const http::Request& request) {
        if (request.path == "/latest") return {302, {{"Location", "/big.car.zst"}}, Bytes()};
        if (request.path == "/loop") return {302, {{"Location", "/loop"}}, Bytes()};
        if (request.path == "/away") return {302, {{"Location", "ftp://example.org/x"}}, Bytes()};
        if (request.path == "/short") return {200, {}, to_bytes(as_bytes(std::string_view("short")))};
        if (request.path != "/big.car.zst") return http::text_response(404, "no such file");
        const auto range = std::string(request.header("range"));
        asked.push_back(range);
        const bool is_probe = range == "bytes=0-0";
        if (!is_probe && failures > 0) {
            --failures;
            return http::text_response(503, "later");
        }
        if (!has_ranges || range.empty()) return {200, {{"ETag", version}}, content};
        const auto first = std::stoul(range.substr(6));
        if (const auto only = request.header("if-range"); !only.empty() && only != version)
            return {200, {{"ETag", version}}, content};
        const auto size = std::to_string(content.size());
        // A part at a time: the client has to come back for the rest.
        const auto count = is_probe ? 1 : std::min<std::size_t>(100'000, content.size() - first);
        return {206,
                {{"ETag", version}, {"Content-Range", "bytes " + std::to_string(first) + "-0/" + size}},
                Bytes(content.begin() + static_cast<std::ptrdiff_t>(first),
                      content.begin() + static_cast<std::ptrdiff_t>(first + count))};
    }

  protected:
    std::unique_ptr<http::Server> server =
        http::Server::start("127.0.0.1", 0, [this](const http::Request& request) { return answer(request); }).value();
};

TEST_F(Downloads, urls) {
    EXPECT_TRUE(is_url("https://example.org/x"));
    EXPECT_TRUE(is_url("http://127.0.0.1:1/x"));
    EXPECT_FALSE(is_url("/home/x.car"));
    EXPECT_FALSE(is_url("ftp://example.org/x"));
}

TEST_F(Downloads, a_file_that_comes_in_parts) {
    // A partly fetched file of the same version is there.
    ASSERT_TRUE(make_folders(folder / "in"));
    std::ofstream(folder / "in/big.car.zst.source") << url() << "\n300000\n\"1\"\n";
    std::ofstream(folder / "in/big.car.zst.part", std::ios::binary)
        << std::string(content.begin(), content.begin() + 150'000);
    const auto file = fetch();
    ASSERT_TRUE(file) << file.error().message();
    EXPECT_EQ(file->filename(), "big.car.zst");
    EXPECT_EQ(bytes_of(*file), content);
    EXPECT_EQ(asked, (std::vector<std::string>{"bytes=0-0", "bytes=150000-", "bytes=250000-"}));
    // The whole file is there.
    asked.clear();
    EXPECT_TRUE(fetch());
    EXPECT_EQ(asked, std::vector<std::string>{"bytes=0-0"});
}

TEST_F(Downloads, a_changed_file_begins_anew) {
    ASSERT_TRUE(make_folders(folder / "in"));
    std::ofstream(folder / "in/big.car.zst.source") << url() << "\n300000\n\"0\"\n";
    std::ofstream(folder / "in/big.car.zst.part", std::ios::binary) << std::string(150'000, 'x');
    const auto file = fetch();
    ASSERT_TRUE(file) << file.error().message();
    EXPECT_EQ(bytes_of(*file), content);
}

TEST_F(Downloads, a_server_that_fails_is_asked_again) {
    failures = 2;
    const auto file = fetch();
    ASSERT_TRUE(file) << file.error().message();
    EXPECT_EQ(bytes_of(*file), content);
    ASSERT_TRUE(remove_path(*file));
    failures = 1'000;
    const auto refused = fetch();
    EXPECT_EQ(refused.error().code(), Errc::io);
    EXPECT_TRUE(refused.error().message().contains("the same command goes on")) << refused.error().message();
    EXPECT_TRUE(refused.error().message().contains("503")) << refused.error().message();
}

TEST_F(Downloads, a_server_without_ranges_gives_the_whole_file) {
    has_ranges = false;
    const auto file = fetch();
    ASSERT_TRUE(file) << file.error().message();
    EXPECT_EQ(bytes_of(*file), content);
    EXPECT_EQ(as_text(bytes_of(*fetch("/short"))), "short");
}

TEST_F(Downloads, redirections_are_followed_as_far_as_they_make_sense) {
    const auto file = fetch("/latest");
    ASSERT_TRUE(file) << file.error().message();
    EXPECT_EQ(file->filename(), "big.car.zst");
    EXPECT_TRUE(fetch("/loop").error().message().contains("more than 5 times"));
    EXPECT_TRUE(fetch("/away").error().message().contains("expected a URL"));
    EXPECT_TRUE(fetch("/nothing").error().message().contains("404"));
}

TEST_F(Downloads, a_stop_ends_it) {
    const std::atomic<bool> stop = true;
    const auto stopped = download(url(), folder / "in", {.pause = 10ms, .watch = {.progress = {}, .stop = &stop}});
    EXPECT_EQ(stopped.error().code(), Errc::cancelled);
}

}  // namespace
}  // namespace strata::node
