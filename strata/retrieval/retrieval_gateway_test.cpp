// The trustless gateway over HTTP. Rules: specs.ipfs.tech/http-gateways/trustless-gateway and path-gateway; expected
// headers: ipfs/gateway-conformance, tests/trustless_gateway_raw_test.go and trustless_gateway_car_test.go.
#include <strata/proofs/piece/commitment.hpp>
#include <strata/retrieval/test_pieces.hpp>

namespace strata::retrieval {
namespace {

using Gateway = testing::ServedFile;

TEST_F(Gateway, raw_blocks) {
    const auto answer = ask("GET", ipfs() + "?format=raw");
    ASSERT_EQ(answer.status, 200U);
    EXPECT_TRUE(*file.dag.root.matches(std::get<Bytes>(answer.body)));
    EXPECT_EQ(header(answer, "Content-Type"), "application/vnd.ipld.raw");
    EXPECT_EQ(header(answer, "Content-Disposition"), "attachment; filename=\"" + file.dag.root.to_string() + ".bin\"");
    EXPECT_EQ(header(answer, "X-Content-Type-Options"), "nosniff");
    EXPECT_NE(header(answer, "Cache-Control").find("immutable"), std::string::npos);
    EXPECT_EQ(status(ipfs(), {{"accept", "text/html, application/vnd.ipld.raw;q=0.9"}}), 200U);
    EXPECT_EQ(status(ipfs() + "?format=raw", {{"if-none-match", header(answer, "ETag")}}), 304U);
    // The specification's probe for gateways.
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

TEST_F(Gateway, cars_of_scopes_and_bytes) {
    const auto all = car(ipfs() + "?format=car");
    ASSERT_EQ(all.size(), 5U) << "a root and four leaves";
    EXPECT_EQ(all[0], file.dag.root);
    const auto part = [&](const std::string& query) { return car(ipfs() + "?format=car&" + query); };
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
    EXPECT_EQ(status(ipfs() + "/name?format=car"), 404U) << "a file is not a directory";
}

// trustless_gateway_raw_test.go: "expected caching headers", "custom filename".
TEST_F(Gateway, headers) {
    const auto root = file.dag.root.to_string();
    const auto raw = ask("GET", ipfs(), {{"accept", "application/vnd.ipld.raw"}});
    EXPECT_EQ(header(raw, "X-Ipfs-Path"), "/ipfs/" + root);
    EXPECT_EQ(header(raw, "X-Ipfs-Roots"), root);
    EXPECT_EQ(header(raw, "Vary"), "Accept");
    EXPECT_EQ(header(raw, "Content-Location"), "/ipfs/" + root + "?format=raw");
    const auto named = ask("GET", ipfs() + "?format=raw&filename=x.bin");
    EXPECT_EQ(header(named, "Content-Disposition"), "attachment; filename=\"x.bin\"");
    EXPECT_EQ(header(named, "Vary"), "") << "Accept changes nothing";
    EXPECT_EQ(header(named, "Content-Location"), "");
    // The example of path-gateway.md, "Content-Disposition".
    const auto other = ask("GET", ipfs() + "?format=car&filename=test%D1%82%D0%B5%D1%81%D1%82.jpg");
    EXPECT_EQ(header(other, "Content-Disposition"),
              "attachment; filename=\"test____.jpg\"; filename*=UTF-8''test%D1%82%D0%B5%D1%81%D1%82.jpg");
    EXPECT_EQ(header(other, "Content-Type"), "application/vnd.ipld.car; version=1; order=dfs; dups=n");
    EXPECT_EQ(header(other, "Accept-Ranges"), "none");
    const auto split = ask("GET", ipfs() + "?format=raw&filename=a%0d%0aX:%22b");
    EXPECT_EQ(header(split, "Content-Disposition").find('\n'), std::string::npos);
    EXPECT_TRUE(header(split, "Content-Disposition").starts_with("attachment; filename=\"a__X:_b\""));
}

// trustless_gateway_car_test.go: formats and parameters of URL and Accept (IPIP-0523).
TEST_F(Gateway, url_and_accept) {
    const auto type = [&](const std::string& query, const std::string& accept) {
        return header(ask("GET", ipfs() + query, {{"accept", accept}}), "Content-Type");
    };
    const std::string car = "application/vnd.ipld.car; version=1; order=dfs; dups=";
    EXPECT_EQ(type("?format=car", "application/vnd.ipld.raw"), car + "n");
    EXPECT_EQ(type("?format=raw", "application/vnd.ipld.car"), "application/vnd.ipld.raw");
    EXPECT_EQ(type("?format=car", "application/vnd.ipld.car; version=1; order=dfs; dups=y"), car + "y");
    EXPECT_EQ(type("?format=car&car-dups=y", "application/vnd.ipld.car; dups=n"), car + "y");
    EXPECT_EQ(type("?format=car&car-order=dfs", "application/vnd.ipld.car; order=unk"), car + "n");
    EXPECT_EQ(type("", "application/vnd.ipld.car; version=1; order=unk"), car + "n");
    // The preference list of trustless-gateway.md, "CAR format signaling in Request".
    EXPECT_EQ(type("", "application/vnd.ipld.car;order=foo, application/vnd.ipld.car;order=dfs;dups=y;q=0.5"),
              car + "y");
    const auto location = [&](const std::string& query, const std::string& accept) {
        return header(ask("GET", ipfs() + query, {{"accept", accept}}), "Content-Location");
    };
    EXPECT_EQ(location("", "application/vnd.ipld.car; dups=y"), ipfs() + "?car-dups=y&format=car");
    EXPECT_EQ(location("?format=car", "application/vnd.ipld.raw"), ipfs() + "?format=car");
    EXPECT_EQ(location("?format=car", ""), "");
}

TEST_F(Gateway, ranges_of_a_block) {
    const auto whole = std::get<Bytes>(ask("GET", ipfs() + "?format=raw").body);
    const auto part = ask("GET", ipfs() + "?format=raw", {{"range", "bytes=6-16"}});
    EXPECT_EQ(part.status, 206U);
    EXPECT_EQ(header(part, "Content-Range"), "bytes 6-16/" + std::to_string(whole.size()));
    EXPECT_TRUE(equal(std::get<Bytes>(part.body), BytesView(whole).subspan(6, 11)));
    EXPECT_EQ(header(part, "Accept-Ranges"), "bytes");
    EXPECT_EQ(status(ipfs() + "?format=raw", {{"range", "bytes=99999-"}}), 416U);
    EXPECT_EQ(status(ipfs() + "?format=raw", {{"range", "bytes=1-2,4-5"}}), 200U)
        << "only one range is served: all bytes";
    EXPECT_EQ(status(ipfs() + "?format=raw", {{"range", "bytes=0-1"}, {"if-range", "\"x\""}}), 200U);
    EXPECT_EQ(ask("HEAD", ipfs() + "?format=raw", {{"range", "bytes=0-1"}}).status, 200U);
    EXPECT_EQ(status(ipfs() + "?format=car", {{"range", "bytes=0-1"}}), 200U);
}

TEST_F(Gateway, conditions) {
    for (const auto* query : {"?format=raw", "?format=car"}) {
        const auto tag = header(ask("GET", ipfs() + query), "ETag");
        for (const auto& known : {tag, "W/" + tag.substr(tag.find('"')), "\"x\", " + tag, std::string("*")})
            EXPECT_EQ(status(ipfs() + query, {{"if-none-match", known}}), 304U) << known;
        EXPECT_EQ(status(ipfs() + query, {{"if-none-match", "\"x\""}}), 200U);
    }
    std::set<std::string> tags;
    for (const auto* query : {"?format=raw", "?format=car", "?format=car&dag-scope=block", "?format=car&car-dups=y",
                              "?format=car&entity-bytes=0:5", "?format=car&entity-bytes=0:*"})
        tags.insert(header(ask("GET", ipfs() + query), "ETag"));
    EXPECT_EQ(tags.size(), 6U) << "every answer has a tag of its own";
    EXPECT_EQ(status("/ipfs/bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku?format=raw",
                     {{"if-none-match", "*"}}),
              404U)
        << "there is nothing to name";
}

// path-gateway.md: 404 for a name that is missing, 501 for a value that is not a link.
TEST_F(Gateway, paths) {
    MemoryBlockstore blocks;
    const Cid root = testing::put_cbor_directory(blocks);
    Bytes car = car_header({root});
    for (const auto& [cid, block] : blocks.blocks()) append(car, car_section(cid, block));
    proofs::PieceCommitter commitment;
    commitment.update(car);
    const auto piece = commitment.finish().value();
    const PieceInfo info{piece.padded_size, proofs::piece_cid(piece.commitment)};
    ASSERT_TRUE(holder.pieces->add(info, car.size(), memory_source(car)));
    const std::string at = "/ipfs/" + root.to_string();
    EXPECT_EQ(status(at + "/document/files/single?format=car"), 200U);
    EXPECT_EQ(status(at + "/document/files/nobody?format=car"), 404U);
    EXPECT_EQ(status(at + "/document/cats?format=car"), 501U);
    EXPECT_EQ(status(at + "/document/cats/0?format=car"), 404U);
    const auto roots = header(ask("GET", at + "/document/files/single?format=car"), "X-Ipfs-Roots");
    EXPECT_EQ(roots, root.to_string() + ",bafyreidy4q6mmetut5jzc54ambsfnatbyoujmwbfzyyolqw24majazwgha," +
                         "bafkreifjjcie6lypi6ny7amxnfftagclbuxndqonfipmb64f2km2devei4");
    EXPECT_EQ(header(ask("GET", at + "/a%20b?format=car"), "X-Ipfs-Path"), "");
}

}  // namespace
}  // namespace strata::retrieval
