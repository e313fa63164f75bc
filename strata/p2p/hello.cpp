#include <strata/p2p/hello.hpp>

#include <strata/p2p/item_reader.hpp>

namespace strata::p2p {
namespace {

class Hearer final : public net::StreamHandler {
  public:
    explicit Hearer(const HelloHooks& hooks) : hooks_(hooks) {}

    void on_open(net::Stream& stream) override { stream.set_deadline(stream.now() + hooks_.time); }
    void on_readable(net::Stream& stream) override {
        const Bytes bytes = stream.read();
        if (is_over_) return;
        BytesView rest = bytes;
        const auto complete = reader_.take(rest);
        if (!complete) return refuse(stream, complete.error());
        if (*complete) answer(stream);
    }
    void on_finished(net::Stream& stream) override {
        if (!is_over_) refuse(stream, fail(Errc::truncated, "the peer ended its hello early"));
    }

  private:
    void refuse(net::Stream& stream, const Error& why) {
        is_over_ = true;
        stream.reset();
        hooks_.on_bad(stream.peer(), why);
    }
    void answer(net::Stream& stream) {
        const auto now = hooks_.unix_time().count();
        const auto hello = from_cbor<HelloMessage>(reader_.item());
        if (!hello) return refuse(stream, hello.error());
        if (hello->genesis != hooks_.genesis)
            return refuse(stream, fail(Errc::verification, "the peer has genesis " + hello->genesis.to_string() +
                                                               ", expected " + hooks_.genesis.to_string()));
        is_over_ = true;
        stream.write(to_cbor(HelloAnswer{now, hooks_.unix_time().count()}));  // a new stream has room for it
        stream.close();
        hooks_.on_hello(stream.peer(), *hello);
    }

    const HelloHooks& hooks_;
    ItemReader reader_{HelloMessage::kMaxSize};
    bool is_over_ = false;
};

class Greeter final : public net::StreamHandler {
  public:
    Greeter(const HelloHooks& hooks, const HelloMessage& message) : hooks_(hooks), out_(to_cbor(message)) {}

    void on_open(net::Stream& stream) override {
        begun_ = stream.now();
        stream.set_deadline(begun_ + hooks_.time);
        on_writable(stream);
    }
    void on_writable(net::Stream& stream) override {
        if (written_ == out_.size()) return;
        written_ += stream.write(BytesView(out_).subspan(written_));
        if (written_ < out_.size()) return;
        stream.set_deadline(stream.now() + hooks_.time);
        stream.finish();
    }
    void on_readable(net::Stream& stream) override {
        const Bytes bytes = stream.read();
        BytesView rest = bytes;
        const auto complete = reader_.take(rest);
        if (complete && !*complete) return;
        if (!complete || !from_cbor<HelloAnswer>(reader_.item())) return stream.reset();
        stream.close();
        hooks_.on_answer(stream.peer(), stream.now() - begun_);
    }
    void on_finished(net::Stream& stream) override { stream.close(); }

  private:
    const HelloHooks& hooks_;
    const Bytes out_;
    std::size_t written_ = 0;
    ItemReader reader_{HelloAnswer::kMaxSize};
    net::Instant begun_{};
};

}  // namespace

std::unique_ptr<net::StreamHandler> hear_hello(const HelloHooks& hooks) {
    return std::make_unique<Hearer>(hooks);
}

std::unique_ptr<net::StreamHandler> say_hello(const HelloHooks& hooks, const HelloMessage& message) {
    return std::make_unique<Greeter>(hooks, message);
}

}  // namespace strata::p2p
