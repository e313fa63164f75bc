// Files become pieces. The CIDs of files come from the JavaScript importer, as in ipld/unixfs_test.cpp.
#include <strata/retrieval/client_file.hpp>

#include <strata/proofs/piece/commitment.hpp>
#include <strata/retrieval/file_retriever.hpp>
#include <strata/retrieval/test_pieces.hpp>
#include <strata/types/piece.hpp>

namespace strata::retrieval {
namespace {

namespace fs = std::filesystem;

struct ClientFiles : ::testing::Test {
    testing::Folder folder;
    MemoryBlockstore blocks;

    Result<ClientFile> prepare(BytesView data, std::uint64_t max_padded) {
        testing::write_file(folder.path() / "file", data);
        return prepare_file(folder.path() / "file", blocks, folder.path(), max_padded);
    }
};

TEST_F(ClientFiles, an_empty_file) {
    const auto file = prepare({}, 2048);
    ASSERT_TRUE(file) << file.error().message();
    EXPECT_EQ(file->dag.root.to_string(), "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku");
    EXPECT_EQ(file->dag.size, 0U);
    ASSERT_EQ(file->pieces.size(), 1U);
    const auto car = testing::read_text(file->pieces[0].car);
    EXPECT_EQ(testing::blocks_of(as_bytes(car)).value(), std::vector{file->dag.root});
    // The file comes back from the CAR.
    testing::Holder holder{folder.path() / "pieces"};
    holder.add(file->pieces[0]);
    MemoryBlockstore other;
    const FileSource source{holder.server->url(), {file->pieces[0].info.cid}};
    const auto back = retrieve_file(file->dag.root, std::span(&source, 1), other, folder.path() / "back");
    ASSERT_TRUE(back) << back.error().message();
    EXPECT_EQ(back->size, 0U);
    EXPECT_EQ(fs::file_size(folder.path() / "back"), 0U);
}

TEST_F(ClientFiles, is_split_where_a_piece_is_full) {
    const auto data = testing::content((std::size_t{3} << 20) + 5000);
    const auto file = prepare(data, std::uint64_t{2} << 20);
    ASSERT_TRUE(file);
    ASSERT_EQ(file->pieces.size(), 3U);
    std::vector<Cid> all;
    for (const auto& piece : file->pieces) {
        const auto car = testing::read_text(piece.car);
        EXPECT_EQ(car.size(), piece.car_size);
        EXPECT_LE(piece.car_size, piece_capacity(std::uint64_t{2} << 20));
        proofs::PieceCommitter commitment;
        commitment.update(as_bytes(car));
        const auto made = commitment.finish(piece.info.size).value();
        EXPECT_EQ(proofs::piece_cid(made.commitment), piece.info.cid);
        const auto part = testing::blocks_of(as_bytes(car)).value();
        all.insert(all.end(), part.begin(), part.end());
    }
    EXPECT_EQ(all.size(), 5U) << "each block once";
}

TEST_F(ClientFiles, small_pieces_get_small_blocks) {
    const auto shape = shape_for(2048);
    EXPECT_EQ(shape, (UnixFsShape{1932, 26}));
    EXPECT_EQ(shape_for(std::uint64_t{2} << 20), UnixFsShape());
    EXPECT_EQ(shape_for(std::uint64_t{1} << 20).chunk, 1'040'384U - 100U) << "a leaf of 1 MiB does not fit";
    const auto data = testing::content(100'000);
    const auto file = prepare(data, 2048);
    ASSERT_TRUE(file) << file.error().message();
    EXPECT_EQ(file->dag.blocks, 52U + 2U + 1U);
    EXPECT_GE(file->pieces.size(), 52U);
    testing::Holder holder{folder.path() / "pieces"};
    std::vector<Cid> cids;
    for (const auto& piece : file->pieces) {
        EXPECT_LE(piece.info.size, 2048U);
        holder.add(piece);
        cids.push_back(piece.info.cid);
    }
    MemoryBlockstore other;
    const FileSource source{holder.server->url(), cids};
    const auto back = retrieve_file(file->dag.root, std::span(&source, 1), other, folder.path() / "back");
    ASSERT_TRUE(back) << back.error().message();
    EXPECT_EQ(testing::read_text(folder.path() / "back"), std::string(data.begin(), data.end()));
    EXPECT_EQ(prepare(data, 512).error().code(), Errc::too_large) << "no room for a node with links";
}

// The largest leaf fills a piece, and so does the largest node: no file is refused for the size of a block.
TEST_F(ClientFiles, blocks_fit_into_pieces_of_every_size) {
    for (std::uint64_t padded = 1024; padded <= 65536; padded *= 2) {
        const auto shape = shape_for(padded);
        const auto file = prepare(testing::content(shape.chunk * shape.links), padded);
        ASSERT_TRUE(file) << padded << ": " << file.error().message();
        EXPECT_EQ(file->dag.blocks, shape.links + 1);
        EXPECT_EQ(file->pieces.front().info.size, padded) << "a node takes more than half of its piece";
    }
}

TEST_F(ClientFiles, only_plain_files) {
    const auto code = [&](const fs::path& path) {
        const auto file = prepare_file(path, blocks, folder.path(), 2048);
        return file ? Errc::internal : file.error().code();
    };
    EXPECT_EQ(code("/dev/zero"), Errc::invalid_argument) << "it would never end";
    EXPECT_EQ(code(folder.path()), Errc::invalid_argument);
    EXPECT_EQ(code(folder.path() / "absent"), Errc::io);
}

}  // namespace
}  // namespace strata::retrieval
