#pragma once
// A WebSocket client for tests, made with Boost.Beast. Every wait ends after some seconds.
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/websocket.hpp>

#include <optional>
#include <string>

#include <strata/base/result.hpp>

namespace strata::http::testing {

class WebSocketClient {
  public:
    /// Connects; see failed(). `token` is sent as Authorization, if it is not empty.
    WebSocketClient(std::uint16_t port, const std::string& path, const std::string& token = {}) {
        auto& tcp = boost::beast::get_lowest_layer(ws_);
        tcp.connect({boost::asio::ip::make_address("127.0.0.1"), port}, error_);
        ws_.set_option(boost::beast::websocket::stream_base::decorator([token](auto& request) {
            if (!token.empty()) request.set(boost::beast::http::field::authorization, "Bearer " + token);
        }));
        if (!error_) ws_.handshake(response_, "127.0.0.1", path, error_);
    }

    bool failed() const { return bool(error_); }
    unsigned status() const { return response_.result_int(); }
    /// Sends a message; returns false if the connection is closed.
    bool send(std::string_view message, bool binary = false) {
        ws_.binary(binary);
        ws_.write(boost::asio::buffer(message), error_);
        return !error_;
    }
    /// Returns the next message; empty if the connection ended, or if no message came within `wait`.
    std::optional<std::string> next(std::chrono::milliseconds wait = std::chrono::seconds(20)) {
        if (!reading_) {
            reading_ = true;
            buffer_.clear();
            ws_.async_read(buffer_, [this](boost::system::error_code error, std::size_t) {
                error_ = error;
                reading_ = false;
            });
        }
        io_.restart();
        const auto end = std::chrono::steady_clock::now() + wait;
        while (reading_ && std::chrono::steady_clock::now() < end) io_.run_one_for(std::chrono::milliseconds(20));
        if (reading_ || error_) return std::nullopt;
        return boost::beast::buffers_to_string(buffer_.data());
    }
    /// Returns the code with which the server closed the connection; 0 if it did not say.
    unsigned close_code() const { return ws_.reason().code; }
    std::string close_reason() const { return {ws_.reason().reason.data(), ws_.reason().reason.size()}; }
    void close() { ws_.close(boost::beast::websocket::close_code::normal, error_); }
    /// Closes the connection without a word.
    void drop() { boost::beast::get_lowest_layer(ws_).close(); }
    auto& stream() { return ws_; }

  private:
    boost::asio::io_context io_;
    boost::beast::websocket::stream<boost::asio::ip::tcp::socket> ws_{io_};
    boost::beast::websocket::response_type response_;
    boost::system::error_code error_;
    boost::beast::flat_buffer buffer_;
    bool reading_ = false;
};

}  // namespace strata::http::testing
