// Pieces and the trustless gateway. Rules: FRC-0066 and ipfs/specs trustless-gateway.md, as in storage.md §13.
#include <strata/crypto/hash.hpp>
#include <strata/http/client.hpp>
#include <strata/ipld/car.hpp>
#include <strata/retrieval/dag_car.hpp>
#include <strata/retrieval/dag_path.hpp>
#include <strata/retrieval/piece_name.hpp>
#include <strata/retrieval/test_pieces.hpp>

namespace strata::retrieval {
namespace {

namespace fs = std::filesystem;
using testing::content;

// FRC-0069's example: 4 times 127 bytes of the values 0, 1, 2, 3 (storage.md §16.1).
TEST(PieceName, both_spellings) {
    constexpr std::string_view kV1 = "baga6ea4seaqes3nobte6ezpp4wqan2age2s5yxcatzotcvobhgcmv5wi2xh5mbi";
    constexpr std::string_view kV2 = "bafkzcibcaaces3nobte6ezpp4wqan2age2s5yxcatzotcvobhgcmv5wi2xh5mbi";
    const auto v2 = parse_piece_name(kV2);
    ASSERT_TRUE(v2) << v2.error().message();
    EXPECT_EQ(v2->piece.to_string(), kV1);
    EXPECT_EQ(v2->sizes->padded, 512U);
    EXPECT_EQ(v2->sizes->raw, 508U);
    const auto v1 = parse_piece_name(kV1);
    ASSERT_TRUE(v1);
    EXPECT_FALSE(v1->sizes);
    EXPECT_EQ(piece_cid_v2(v1->piece, {512, 508})->to_string(), kV2);
    for (const char* text : {"", "x", "bafkqaaa", "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku"})
        EXPECT_FALSE(parse_piece_name(text)) << text;
}

struct RetrievalTest : ::testing::Test {
    testing::Folder folder;
    testing::Holder holder{folder.path() / "pieces"};
    ClientFile file;
    Bytes data = content((std::size_t{3} << 20) + 100);

    void SetUp() override {
        testing::write_file(folder.path() / "file", data);
        MemoryBlockstore blocks;
        file = prepare_file(folder.path() / "file", blocks, folder.path(), std::uint64_t{8} << 20).value();
        ASSERT_EQ(file.pieces.size(), 1U);
        holder.add(file.pieces[0]);
    }
    http::Response ask(std::string method, std::string target, std::map<std::string, std::string> headers = {}) {
        auto parsed = http::parse_target(target).value();
        return Retrieval(*holder.pieces).handle({std::move(method), parsed.path, parsed.query, std::move(headers), {}});
    }
    unsigned status(const std::string& target, std::map<std::string, std::string> headers = {}) {
        return ask("GET", target, std::move(headers)).status;
    }
    static std::string header(const http::Response& response, std::string_view name) {
        for (const auto& [known, value] : response.headers)
            if (known == name) return value;
        return {};
    }
    std::string piece() const { return "/piece/" + file.pieces[0].info.cid.to_string(); }
    std::string ipfs() const { return "/ipfs/" + file.dag.root.to_string(); }
    /// Blocks of a CAR, in order.
    std::vector<Cid> car(const std::string& target) {
        const auto answer = http::get(holder.server->url() + target);
        EXPECT_TRUE(answer) << answer.error().message();
        if (!answer) return {};
        EXPECT_EQ(answer->status, 200U) << as_text(answer->body);
        std::vector<Cid> out;
        const auto read = read_car(answer->body, [&](const Cid& cid, BytesView) -> Status {
            out.push_back(cid);
            return {};
        });
        EXPECT_TRUE(read) << read.error().message();
        return out;
    }
};

TEST_F(RetrievalTest, a_piece_whole_and_in_parts) {
    const auto url = holder.server->url() + piece();
    const Bytes whole = to_bytes(as_bytes([&] {
        std::ifstream in(file.pieces[0].car, std::ios::binary);
        return std::string(std::istreambuf_iterator<char>(in), {});
    }()));
    const auto all = http::get(url);
    ASSERT_TRUE(all);
    EXPECT_EQ(all->status, 200U);
    EXPECT_EQ(all->body, whole);
    EXPECT_EQ(all->headers.at("accept-ranges"), "bytes");
    EXPECT_EQ(all->headers.at("etag"), '"' + file.pieces[0].info.cid.to_string() + '"');
    EXPECT_EQ(all->headers.at("cache-control"), "public, max-age=29030400, immutable");
    EXPECT_EQ(all->headers.at("content-length"), std::to_string(whole.size()));
    const auto part = http::get(url, {{"Range", "bytes=1000-1000999"}});
    ASSERT_TRUE(part);
    EXPECT_EQ(part->status, 206U);
    EXPECT_TRUE(equal(part->body, BytesView(whole).subspan(1000, 1'000'000)));
    EXPECT_EQ(part->headers.at("content-range"), "bytes 1000-1000999/" + std::to_string(whole.size()));
    const auto end = http::get(url, {{"Range", "bytes=-10"}});
    EXPECT_TRUE(equal(end->body, BytesView(whole).last(10)));
    const auto beyond = http::get(url, {{"Range", "bytes=99999999-"}});
    EXPECT_EQ(beyond->status, 416U);
    EXPECT_EQ(beyond->headers.at("content-range"), "bytes */" + std::to_string(whole.size()));
    const auto v2 = piece_cid_v2(file.pieces[0].info.cid, {file.pieces[0].info.size, file.pieces[0].car_size});
    EXPECT_EQ(http::get(holder.server->url() + "/piece/" + v2->to_string())->body, whole);
}

TEST_F(RetrievalTest, a_piece_that_is_not_there_or_damaged) {
    EXPECT_EQ(status("/piece/nonsense"), 400U);
    EXPECT_EQ(status(ipfs().replace(0, 5, "/piece")), 400U) << "a CID of something else";
    EXPECT_EQ(status("/piece/baga6ea4seaqes3nobte6ezpp4wqan2age2s5yxcatzotcvobhgcmv5wi2xh5mbi"), 404U);
    const auto other_size = piece_cid_v2(file.pieces[0].info.cid, {file.pieces[0].info.size, 5});
    EXPECT_EQ(status("/piece/" + other_size->to_string()), 404U);
    EXPECT_EQ(ask("POST", piece()).status, 405U);
    EXPECT_EQ(ask("HEAD", piece()).status, 200U);
    EXPECT_EQ(std::get<http::Stream>(ask("HEAD", piece()).body).length, file.pieces[0].car_size);
    EXPECT_EQ(status(piece(), {{"if-none-match", '"' + file.pieces[0].info.cid.to_string() + '"'}}), 304U);
    fs::resize_file(holder.pieces->path_of(file.pieces[0].info.cid), 100);
    EXPECT_EQ(status(piece()), 500U);
    EXPECT_EQ(ask("HEAD", piece()).status, 500U);
    EXPECT_EQ(status(ipfs() + "?format=raw"), 500U);
    fs::remove(holder.pieces->path_of(file.pieces[0].info.cid));
    EXPECT_EQ(status(piece()), 500U);
}

TEST_F(RetrievalTest, raw_blocks) {
    const auto answer = ask("GET", ipfs() + "?format=raw");
    ASSERT_EQ(answer.status, 200U);
    EXPECT_TRUE(*file.dag.root.matches(std::get<Bytes>(answer.body)));
    EXPECT_EQ(header(answer, "Content-Type"), "application/vnd.ipld.raw");
    EXPECT_EQ(header(answer, "Content-Disposition"), "attachment; filename=\"" + file.dag.root.to_string() + ".bin\"");
    EXPECT_EQ(header(answer, "X-Content-Type-Options"), "nosniff");
    EXPECT_NE(header(answer, "Cache-Control").find("immutable"), std::string::npos);
    EXPECT_EQ(status(ipfs(), {{"accept", "text/html, application/vnd.ipld.raw;q=0.9"}}), 200U);
    EXPECT_EQ(status(ipfs() + "?format=raw", {{"if-none-match", header(answer, "ETag")}}), 304U);
    // The probe of the specification.
    for (const char* method : {"GET", "HEAD"}) {
        const auto probe = ask(method, "/ipfs/bafkqaaa?format=raw");
        EXPECT_EQ(probe.status, 200U);
        EXPECT_TRUE(std::get<Bytes>(probe.body).empty());
    }
    EXPECT_EQ(status(ipfs()), 400U) << "no format";
    EXPECT_EQ(status(ipfs(), {{"accept", "*/*"}}), 400U);
    EXPECT_EQ(status(ipfs(), {{"accept", "text/html"}}), 406U);
    EXPECT_EQ(status(ipfs() + "?format=dag-json"), 406U);
    EXPECT_EQ(status(ipfs() + "/a?format=raw"), 400U);
    EXPECT_EQ(status("/ipfs/nonsense?format=raw"), 400U);
    const std::string absent = "/ipfs/bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku?format=";
    EXPECT_EQ(status(absent + "raw"), 404U);
    EXPECT_EQ(ask("HEAD", absent + "car").status, 404U);
    EXPECT_EQ(status(absent + "car", {{"cache-control", "only-if-cached"}}), 412U);
}

TEST_F(RetrievalTest, cars_of_scopes_and_bytes) {
    const auto all = car(ipfs() + "?format=car");
    ASSERT_EQ(all.size(), 5U) << "a root and four leaves";
    EXPECT_EQ(all[0], file.dag.root);
    const auto part = [&](std::string query) { return car(ipfs() + "?format=car&" + query); };
    EXPECT_EQ(part("dag-scope=block"), std::vector{all[0]});
    EXPECT_EQ(part("dag-scope=entity"), all);
    EXPECT_EQ(part("entity-bytes=0:0"), (std::vector{all[0], all[1]}));
    EXPECT_EQ(part("entity-bytes=1048575:1048576"), (std::vector{all[0], all[1], all[2]}));
    EXPECT_EQ(part("entity-bytes=2097152:*"), (std::vector{all[0], all[3], all[4]}));
    EXPECT_EQ(part("entity-bytes=-100:*"), (std::vector{all[0], all[4]}));
    EXPECT_EQ(part("entity-bytes=-101:-101"), (std::vector{all[0], all[3]}));
    EXPECT_EQ(part("entity-bytes=99999999:*"), std::vector{all[0]});
    const auto answer = ask("GET", ipfs(), {{"accept", "application/vnd.ipld.car; version=1; order=dfs; dups=y"}});
    EXPECT_EQ(header(answer, "Content-Type"), "application/vnd.ipld.car; version=1; order=dfs; dups=y");
    for (const char* query : {"dag-scope=some", "entity-bytes=5", "entity-bytes=a:b", "entity-bytes=9:3",
                              "car-version=2", "car-order=bfs", "car-dups=x"})
        EXPECT_EQ(status(ipfs() + "?format=car&" + query), 400U) << query;
    EXPECT_EQ(status(ipfs() + "/name?format=car"), 404U) << "a file is no directory";
}

// A directory with one file twice, beside a block that is missing.
TEST(DagCar, paths_repeats_and_missing_blocks) {
    MemoryBlockstore blocks;
    const Bytes leaf = content(100);
    const Cid file = Cid::v1(Codec::raw, HashCode::sha2_256, crypto::sha256(leaf));
    ASSERT_TRUE(blocks.put_block(file, leaf));
    const auto directory = [&](std::vector<PbLink> links) {
        const Bytes block = encode_dag_pb({Bytes{0x08, 0x01}, std::move(links)});  // UnixFS type 1
        const Cid cid = Cid::v1(Codec::dag_pb, HashCode::sha2_256, crypto::sha256(block));
        EXPECT_TRUE(blocks.put_block(cid, block));
        return cid;
    };
    const Cid inner = directory({{file, "a", 100}, {file, "b", 100}});
    const Cid gone = Cid::v1(Codec::raw, HashCode::sha2_256, crypto::sha256(Bytes{1}));
    const Cid root = directory({{inner, "inner", 200}, {gone, "gone", 1}});
    const auto read = [&](CarRequest request) -> Result<std::vector<Cid>> {
        STRATA_TRY(auto dag, DagCar::open(blocks, request, {}));
        std::vector<Cid> out;
        const ByteSource source = [&](std::span<std::uint8_t> to) { return dag.read(to.first(7)); };
        STRATA_OK(stream_car(source, [&](const Cid& cid, BytesView) -> Status {
            out.push_back(cid);
            return {};
        }));
        return out;
    };
    const std::vector<std::string> names{"inner", "b"};
    const auto path = resolve_path(blocks, root, names);
    ASSERT_TRUE(path) << path.error().message();
    EXPECT_EQ(path->blocks, (std::vector{root, inner, file}));
    EXPECT_EQ(read({path->blocks, DagScope::all, {}, false}).value(), path->blocks);
    EXPECT_EQ(read({{root}, DagScope::entity, {}, false}).value(), std::vector{root}) << "a directory alone";
    EXPECT_EQ(read({{inner}, DagScope::all, {}, false}).value(), (std::vector{inner, file}));
    EXPECT_EQ(read({{inner}, DagScope::all, {}, true}).value(), (std::vector{inner, file, file}));
    EXPECT_EQ(read({{root}, DagScope::all, {}, false}).error().code(), Errc::missing_block);
    EXPECT_EQ(resolve_path(blocks, root, std::vector<std::string>{"nobody"}).error().code(), Errc::not_found);
    EXPECT_EQ(resolve_path(blocks, file, std::vector<std::string>{"a"}).error().code(), Errc::not_found);
}

}  // namespace
}  // namespace strata::retrieval
