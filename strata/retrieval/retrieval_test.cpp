// Pieces over HTTP. Rules: FRC-0066; RFC 9110 for ranges and conditions.
#include <strata/http/client.hpp>
#include <strata/retrieval/piece_name.hpp>
#include <strata/retrieval/test_pieces.hpp>

namespace strata::retrieval {
namespace {

namespace fs = std::filesystem;

using RetrievalTest = testing::ServedFile;

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
    EXPECT_EQ(status(ipfs().replace(0, 5, "/piece")), 400U) << "not a piece CID";
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

// RFC 9110 §13.1: If-None-Match may have lists, weak tags and "*"; If-Range with a different tag gets all bytes.
TEST_F(RetrievalTest, conditions) {
    const auto tag = '"' + file.pieces[0].info.cid.to_string() + '"';
    for (const auto& known : {tag, "W/" + tag, "\"x\", " + tag, std::string("*"), tag + " , \"y\""})
        EXPECT_EQ(status(piece(), {{"if-none-match", known}}), 304U) << known;
    for (const auto* known : {"\"x\"", "", "x", "W/\"x\", \"*\""})
        EXPECT_EQ(status(piece(), {{"if-none-match", known}}), 200U) << known;
    EXPECT_EQ(header(ask("GET", piece(), {{"if-none-match", "*"}}), "ETag"), tag);
    EXPECT_EQ(status(piece(), {{"range", "bytes=0-9"}, {"if-range", tag}}), 206U);
    EXPECT_EQ(status(piece(), {{"range", "bytes=0-9"}, {"if-range", "\"x\""}}), 200U);
    EXPECT_EQ(status(piece(), {{"range", "bytes=0-9"}, {"if-range", "W/" + tag}}), 200U);
    EXPECT_EQ(ask("HEAD", piece(), {{"range", "bytes=0-9"}}).status, 200U) << "ranges are for GET";
}

// FRC-0069: the same piece with and without zeros at the end of the data.
TEST_F(RetrievalTest, a_piece_in_the_length_that_its_name_says) {
    const auto& info = file.pieces[0].info;
    Bytes padded = to_bytes(as_bytes(testing::read_text(file.pieces[0].car)));
    const auto size = padded.size();
    padded.resize(size + 1000);
    ASSERT_TRUE(holder.pieces->add(info, padded.size(), memory_source(padded)));
    const auto longer = piece_cid_v2(info.cid, {info.size, padded.size()}).value().to_string();
    const auto answer = http::get(holder.server->url() + "/piece/" + longer);
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->body, padded);
    EXPECT_EQ(answer->headers.at("etag"), '"' + longer + '"');
    const auto end = http::get(holder.server->url() + "/piece/" + longer, {{"Range", "bytes=-1001"}});
    EXPECT_TRUE(equal(end->body, BytesView(padded).last(1001)));
    EXPECT_EQ(http::get(holder.server->url() + piece())->body.size(), size)
        << "the name without a length gets the first length";
    EXPECT_EQ(status("/piece/" + piece_cid_v2(info.cid, {info.size, size + 1})->to_string()), 404U);
}

TEST_F(RetrievalTest, damage_is_never_served) {
    const auto path = holder.pieces->path_of(file.pieces[0].info.cid);
    const auto flip = [&](std::streamoff at) {
        std::fstream edit(path, std::ios::binary | std::ios::in | std::ios::out);
        edit.seekg(at);
        const auto byte = static_cast<char>(edit.get() ^ 1);
        edit.seekp(at);
        edit.put(byte);
    };
    flip(2'000'000);
    EXPECT_EQ(status(piece(), {{"range", "bytes=0-9"}}), 206U) << "that part is right";
    EXPECT_EQ(status(piece(), {{"range", "bytes=2000000-2000009"}}), 500U);
    EXPECT_EQ(status(piece()), 500U) << "it is known now";
    EXPECT_EQ(ask("HEAD", piece()).status, 500U);
    // Blocks elsewhere in the piece are served, since their CIDs prove them.
    EXPECT_EQ(status(ipfs() + "?format=raw"), 200U);
    // The answer stops before the wrong bytes and is shorter than announced, so no client takes it for complete.
    testing::Holder other{folder.path() / "other"};
    other.add(file.pieces[0]);
    std::filesystem::copy_file(path, other.pieces->path_of(file.pieces[0].info.cid),
                               fs::copy_options::overwrite_existing);
    EXPECT_FALSE(http::get(other.server->url() + piece()));
    // The right data repairs it.
    const Bytes car = to_bytes(as_bytes(testing::read_text(file.pieces[0].car)));
    ASSERT_TRUE(holder.pieces->add(file.pieces[0].info, car.size(), memory_source(car)));
    EXPECT_EQ(http::get(holder.server->url() + piece())->body, car);
}

// If a file cannot be opened, the answer does not name its path, which does not concern the client.
TEST_F(RetrievalTest, errors_name_no_paths) {
    const auto path = holder.pieces->path_of(file.pieces[0].info.cid);
    fs::remove(path);
    fs::create_directory(path);
    for (const auto& target : {piece(), ipfs() + "?format=raw", ipfs() + "?format=car"}) {
        const auto answer = ask("GET", target);
        EXPECT_EQ(answer.status, 500U) << target;
        EXPECT_EQ(as_text(std::get<Bytes>(answer.body)).find(folder.path().string()), std::string_view::npos);
        EXPECT_EQ(as_text(std::get<Bytes>(answer.body)).find(".piece"), std::string_view::npos);
    }
}

TEST_F(RetrievalTest, methods_and_paths) {
    const auto post = ask("POST", piece());
    EXPECT_EQ(post.status, 405U);
    EXPECT_EQ(header(post, "Allow"), "GET, HEAD");
    EXPECT_EQ(status("/ipfs"), 404U);
    EXPECT_TRUE(Retrieval::serves("/piece/x"));
    EXPECT_TRUE(Retrieval::serves("/ipfs"));
    EXPECT_FALSE(Retrieval::serves("/ipfsx"));
    EXPECT_FALSE(Retrieval::serves("/pieces"));
}

}  // namespace
}  // namespace strata::retrieval
