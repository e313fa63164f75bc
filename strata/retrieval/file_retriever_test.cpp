// Files that come back from several providers, some of whom send wrong data.
#include <strata/base/test_disk.hpp>
#include <strata/ipld/car.hpp>
#include <strata/retrieval/file_retriever.hpp>
#include <strata/retrieval/test_pieces.hpp>

namespace strata::retrieval {
namespace {

namespace fs = std::filesystem;
using testing::content;

struct FileRetriever : ::testing::Test {
    testing::Folder folder;
    testing::Holder one{folder.path() / "one"}, two{folder.path() / "two"};
    ClientFile file;
    Bytes data = content((std::size_t{3} << 20) + 5000);
    MemoryBlockstore blocks;
    fs::path target = folder.path() / "back";

    void SetUp() override {
        testing::write_file(folder.path() / "file", data);
        MemoryBlockstore all;
        // One leaf of 1 MiB fits into a piece of 2 MiB, and so does the small last leaf with it.
        file = prepare_file(folder.path() / "file", all, folder.path(), std::uint64_t{2} << 20).value();
        ASSERT_EQ(file.pieces.size(), 3U);
    }
    void share() {
        for (std::size_t i = 0; i < file.pieces.size(); ++i) (i % 2 == 0 ? one : two).add(file.pieces[i]);
    }
    Result<RetrievedFile> get(std::vector<FileSource> sources, const RetrievalLimits& limits = {}) {
        return retrieve_file(file.dag.root, sources, blocks, target, limits);
    }
    FileSource known(const testing::Holder& holder, const std::vector<std::size_t>& pieces) const {
        FileSource out{holder.server->url(), {}};
        for (const auto i : pieces) out.pieces.push_back(file.pieces[i].info.cid);
        return out;
    }
    bool is_back() const {
        std::ifstream in(target, std::ios::binary);
        return std::string(std::istreambuf_iterator<char>(in), {}) == as_text(data);
    }
    /// Returns true if a failed retrieval left no file behind.
    bool nothing_left() const {
        return !fs::exists(target) && !fs::exists(target.string() + ".download") &&
               !fs::exists(target.string() + ".unfinished");
    }
};

http::Response flip_a_byte(const http::Request& request, http::Response answer) {
    if (request.path.starts_with("/piece/") && answer.status == 200) {
        const auto& stream = std::get<http::Stream>(answer.body);
        Bytes all(*stream.length);
        std::size_t at = 0;
        while (at < all.size()) at += stream.read(std::span(all).subspan(at)).value();
        all.back() ^= 1;
        answer.body = std::move(all);
    } else if (auto* body = std::get_if<Bytes>(&answer.body); body != nullptr && !body->empty()) {
        body->back() ^= 1;
    }
    return answer;
}

TEST_F(FileRetriever, pieces_at_two_providers) {
    share();
    const auto got = get({known(one, {0, 2}), known(two, {1})});
    ASSERT_TRUE(got) << got.error().message();
    EXPECT_EQ(got->size, data.size());
    EXPECT_EQ(got->blocks, 5U) << "a root and four leaves";
    EXPECT_EQ(got->single, 0U);
    EXPECT_GT(got->downloaded, data.size());
    EXPECT_TRUE(got->complaints.empty());
    EXPECT_EQ(one.requests + two.requests, 3) << "each piece once";
    EXPECT_TRUE(is_back());
    EXPECT_FALSE(fs::exists(target.string() + ".download"));
}

TEST_F(FileRetriever, by_root_where_one_has_all) {
    for (const auto& piece : file.pieces) one.add(piece);
    const auto got = get({known(one, {}), known(two, {})});
    ASSERT_TRUE(got) << got.error().message();
    EXPECT_EQ(one.requests, 1);
    EXPECT_EQ(two.requests, 0) << "everything is here already";
    EXPECT_TRUE(is_back());
}

TEST_F(FileRetriever, single_blocks_where_nobody_says_what_he_has) {
    share();
    const auto got = get({known(one, {}), known(two, {})});
    ASSERT_TRUE(got) << got.error().message();
    EXPECT_GT(got->single, 0U);
    EXPECT_FALSE(got->complaints.empty()) << "their CARs by root are truncated";
    EXPECT_TRUE(is_back());
}

TEST_F(FileRetriever, a_liar_is_found_out_and_the_other_helps) {
    for (const auto& piece : file.pieces) {
        one.add(piece);
        two.add(piece);
    }
    one.spoil = flip_a_byte;
    const auto got = get({known(one, {0, 1, 2}), known(two, {1})});
    ASSERT_TRUE(got) << got.error().message();
    ASSERT_FALSE(got->complaints.empty());
    EXPECT_NE(got->complaints[0].find("does not match its CID"), std::string::npos) << got->complaints[0];
    EXPECT_EQ(one.requests, 1) << "not asked again";
    EXPECT_TRUE(is_back());
}

TEST_F(FileRetriever, only_liars) {
    for (const auto& piece : file.pieces) one.add(piece);
    one.spoil = flip_a_byte;
    const auto got = get({known(one, {0, 1, 2})});
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().code(), Errc::missing_block);
    EXPECT_NE(got.error().message().find("does not match its CID"), std::string::npos) << got.error().message();
    EXPECT_TRUE(nothing_left());
}

TEST_F(FileRetriever, nobody_and_nothing) {
    EXPECT_EQ(get({}).error().code(), Errc::missing_block);
    EXPECT_EQ(get({known(one, {0}), {"http://127.0.0.1:1", {}}}).error().code(), Errc::missing_block);
    EXPECT_TRUE(nothing_left());
}

TEST_F(FileRetriever, more_than_was_expected) {
    for (const auto& piece : file.pieces) one.add(piece);
    RetrievalLimits limits;
    limits.bytes = 1'000'000;
    const auto got = get({known(one, {0})}, limits);
    ASSERT_FALSE(got);
    EXPECT_NE(got.error().message().find("longer than 1000000 bytes"), std::string::npos) << got.error().message();
    EXPECT_TRUE(nothing_left());
}

// The disk of this machine is full: no source is blamed, and none is asked in vain.
TEST_F(FileRetriever, a_full_disk_is_not_a_fault_of_the_sources) {
    for (const auto& piece : file.pieces) one.add(piece);
    strata::testing::FaultyDisk disk(0, [] { return ENOSPC; });
    const DiskInPlace in_place(disk);
    const auto got = get({known(one, {0, 1, 2}), known(two, {0, 1, 2})});
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().code(), Errc::no_space) << got.error().message();
    EXPECT_EQ(one.requests + two.requests, 1);
    EXPECT_TRUE(nothing_left());
}

struct KeptParts : FileRetriever {
    RetrievalLimits limits;
    void SetUp() override {
        FileRetriever::SetUp();
        for (const auto& piece : file.pieces) one.add(piece);
        limits.parts = folder.path() / "parts";
        fs::create_directories(limits.parts);
    }
    /// Gets the file, and stops when this many bytes came.
    Result<RetrievedFile> get_until(std::uint64_t bytes) {
        std::atomic<bool> stop = false;
        const Watch watch{[&](std::string_view step, double) {
                              if (std::strtoull(std::string(step).c_str(), nullptr, 10) >= bytes) stop = true;
                          },
                          &stop};
        return retrieve_file(file.dag.root, std::vector{known(one, {0, 1, 2})}, blocks, target, limits, watch);
    }
};

TEST_F(KeptParts, a_stopped_retrieval_goes_on_where_it_was) {
    const std::uint64_t first = file.pieces[0].car_size + file.pieces[1].car_size / 2;
    const auto stopped = get_until(first);
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().code(), Errc::cancelled);
    EXPECT_FALSE(fs::exists(target));
    const auto done = get({known(one, {0, 1, 2})}, limits);
    ASSERT_TRUE(done) << done.error().message();
    EXPECT_TRUE(is_back());
    const std::uint64_t under_way = 64 << 10;  // what had come, but was not written when the retrieval was stopped
    EXPECT_LE(done->downloaded, file.pieces[1].car_size / 2 + file.pieces[2].car_size + under_way);
    EXPECT_TRUE(done->complaints.empty());
}

TEST_F(KeptParts, wrong_bytes_of_an_earlier_call_are_fetched_again) {
    testing::write_file(limits.parts / file.pieces[0].info.cid.to_string(), content(1000));
    const auto done = get({known(one, {0, 1, 2})}, limits);
    ASSERT_TRUE(done) << done.error().message();
    EXPECT_TRUE(is_back());
    EXPECT_TRUE(done->complaints.empty());
}

TEST_F(KeptParts, a_source_that_gives_no_parts_sends_the_piece_once) {
    // RFC 9110 §14.2: a server may ignore Range.
    one.ignores_ranges = true;
    const auto part = limits.parts / file.pieces[0].info.cid.to_string();
    testing::write_file(part, as_bytes(testing::read_text(file.pieces[0].car)).first(1000));
    const auto done = get({known(one, {0, 1, 2})}, limits);
    ASSERT_TRUE(done) << done.error().message();
    EXPECT_TRUE(is_back());
    EXPECT_EQ(one.requests, 3) << "each piece once";
    EXPECT_TRUE(done->complaints.empty());
}

TEST_F(KeptParts, a_wrong_part_is_fetched_again_as_a_whole) {
    one.spoil = [](const http::Request&, http::Response answer) {
        for (auto& [name, value] : answer.headers)
            if (name == "Content-Range") value = "bytes 0-1/2";
        return answer;
    };
    testing::write_file(limits.parts / file.pieces[0].info.cid.to_string(),
                        as_bytes(testing::read_text(file.pieces[0].car)).first(1000));
    const auto done = get({known(one, {0, 1, 2})}, limits);
    ASSERT_TRUE(done) << done.error().message();
    EXPECT_TRUE(is_back());
    EXPECT_EQ(one.requests, 4);
}

TEST_F(KeptParts, nothing_is_kept_of_a_source_that_has_nothing) {
    const auto got = get({known(two, {0, 1, 2}), {"http://127.0.0.1:1", {file.pieces[0].info.cid}}}, limits);
    EXPECT_EQ(got.error().code(), Errc::missing_block);
    EXPECT_TRUE(fs::is_empty(limits.parts));
}

TEST_F(KeptParts, a_part_that_is_complete_already_is_taken) {
    const auto car = testing::read_text(file.pieces[0].car);
    testing::write_file(limits.parts / file.pieces[0].info.cid.to_string(), as_bytes(car));
    const auto done = get({known(one, {0, 1, 2})}, limits);
    ASSERT_TRUE(done) << done.error().message();
    EXPECT_TRUE(is_back());
    EXPECT_LE(done->downloaded, file.pieces[1].car_size + file.pieces[2].car_size + 1000);
}

}  // namespace
}  // namespace strata::retrieval
