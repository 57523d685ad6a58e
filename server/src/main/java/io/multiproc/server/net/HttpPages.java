package io.multiproc.server.net;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An HTTP server of a few small pages, for GET and HEAD, on a daemon thread of its own. Anybody may ask, so a connection carries one request and has one
 * deadline for all of it, and when there are too many the oldest goes. Thread-safe.
 */
public final class HttpPages implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(HttpPages.class);
    private static final String TEXT = "text/plain; charset=utf-8";
    private static final int BACKLOG = 128;
    private static final int MOST_CONNECTIONS = 64;
    private static final int MOST_LINE = 4096;
    private static final int MOST_HEADERS = 16 << 10;

    /** From accept to the last byte of the reply, however both drip. */
    private static final long DEADLINE_MILLIS = 10_000;

    /** How long a reader may take to close after the reply. */
    private static final long LINGER_MILLIS = 1000;

    /**
     * What a reader gets.
     *
     * @param status the HTTP status
     * @param type the content type
     * @param text the content
     */
    public record Page(int status, String type, String text) {
        /** A page of plain text. */
        public static Page text(int status, String text) {
            return new Page(status, TEXT, text);
        }
    }

    /** Where the pages come from. */
    @FunctionalInterface
    public interface Pages {
        /**
         * The page of a path.
         *
         * @param own the server's own thread, for what takes a moment
         */
        CompletableFuture<Page> get(String path, Executor own);
    }

    private final EventLoopGroup group;
    private final EventLoop loop;
    private final Channel channel;
    private final ListenAddress address;
    private final Pages pages;
    /** The oldest first. */
    private final Set<Channel> open = new LinkedHashSet<>();

    private HttpPages(ListenAddress address, String thread, Pages pages) throws IOException {
        this.address = address;
        this.pages = pages;
        Transport transport = Transport.NIO;
        group = transport.loop(new DefaultThreadFactory(thread, true), 0, new BatchSizes());
        loop = group.next();
        ChannelFuture bound = new ServerBootstrap()
                .group(group)
                .channel(transport.serverChannel(address))
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .handler(new AcceptFaults(log, this::dropOldest))
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel accepted) {
                        accepted.pipeline()
                                .addLast(new HttpServerCodec(MOST_LINE, MOST_HEADERS, MOST_HEADERS))
                                .addLast(new Reader());
                    }
                })
                .bind(transport.socketAddress(address))
                .awaitUninterruptibly();
        channel = bound.channel();
        Throwable cause = bound.cause();
        if (cause != null) {
            close();
            throw new IOException(cause.getMessage(), cause);
        }
    }

    /**
     * Listens; returns when it does.
     *
     * @param thread the name of its thread
     * @throws IOException if the address cannot be bound
     */
    public static HttpPages start(ListenAddress address, String thread, Pages pages) throws IOException {
        return new HttpPages(address, thread, pages);
    }

    /** Where it listens, with the real port: {@code http://127.0.0.1:9464}. */
    public String uri() {
        ListenAddress real =
                channel.localAddress() instanceof InetSocketAddress inet ? address.withPort(inet.getPort()) : address;
        return "http" + real.toString().substring("tcp".length());
    }

    private boolean dropOldest() {
        Iterator<Channel> oldest = open.iterator();
        if (!oldest.hasNext()) {
            return false;
        }
        Channel channel = oldest.next();
        oldest.remove();
        Futures.unawaited(channel.close());
        return true;
    }

    /** One connection. */
    private final class Reader extends SimpleChannelInboundHandler<HttpObject> {
        private boolean asked;

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            open.add(ctx.channel());
            if (open.size() > MOST_CONNECTIONS) {
                boolean ignored = dropOldest();
            }
            closeIn(ctx, DEADLINE_MILLIS);
        }

        private void closeIn(ChannelHandlerContext ctx, long millis) {
            var timer = loop.schedule(() -> Futures.unawaited(ctx.close()), millis, TimeUnit.MILLISECONDS);
            Futures.unawaited(ctx.channel().closeFuture().addListener(done -> timer.cancel(false)));
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            open.remove(ctx.channel());
        }

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, HttpObject message) {
            if (asked || !(message instanceof HttpRequest request)) {
                // the content of a request, or another one: neither is wanted
                return;
            }
            asked = true;
            if (request.decoderResult().isFailure()) {
                reply(ctx, Page.text(400, "that is no request\n"));
            } else if (!request.method().equals(HttpMethod.GET)
                    && !request.method().equals(HttpMethod.HEAD)) {
                reply(ctx, Page.text(405, "only GET\n"));
            } else {
                CompletableFuture<Page> page = pages.get(path(request.uri()), loop);
                CompletableFuture<Page> ignored =
                        page.whenCompleteAsync((found, fault) -> reply(ctx, orFault(found, fault)), loop);
            }
        }

        private void reply(ChannelHandlerContext ctx, Page page) {
            FullHttpResponse response = new DefaultFullHttpResponse(
                    HttpVersion.HTTP_1_1,
                    HttpResponseStatus.valueOf(page.status),
                    Unpooled.copiedBuffer(page.text, StandardCharsets.UTF_8));
            response.headers()
                    .set(HttpHeaderNames.CONTENT_TYPE, page.type)
                    .set(HttpHeaderNames.CONTENT_LENGTH, response.content().readableBytes())
                    .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
            if (page.status == HttpResponseStatus.METHOD_NOT_ALLOWED.code()) {
                response.headers().set(HttpHeaderNames.ALLOW, "GET, HEAD");
            }
            Futures.unawaited(ctx.writeAndFlush(response).addListener(done -> {
                if (done.isSuccess() && ctx.channel() instanceof DuplexChannel duplex) {
                    // a plain close with unread input would reset the connection and destroy what was just sent
                    Futures.unawaited(duplex.shutdownOutput());
                    closeIn(ctx, LINGER_MILLIS);
                } else {
                    Futures.unawaited(ctx.close());
                }
            }));
        }

        /** The reader has closed its side: before it has asked, it wants nothing. */
        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof ChannelInputShutdownEvent
                    && (!asked || (ctx.channel() instanceof DuplexChannel d && d.isOutputShutdown()))) {
                Futures.unawaited(ctx.close());
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            if (cause instanceof IOException) {
                log.debug("a reader of metrics is gone: {}", cause.toString());
            } else {
                log.error("fault while serving metrics", cause);
            }
            Futures.unawaited(ctx.close());
        }
    }

    private static String path(String uri) {
        int query = uri.indexOf('?');
        return query < 0 ? uri : uri.substring(0, query);
    }

    private static Page orFault(@Nullable Page page, @Nullable Throwable fault) {
        if (page != null) {
            return page;
        }
        log.error("fault while serving metrics", fault);
        return Page.text(500, "a fault of the server; its log says more\n");
    }

    /** Stops listening at once. */
    @Override
    public void close() {
        Futures.unawaited(channel.close());
        Futures.unawaited(group.shutdownGracefully(0, 1, TimeUnit.SECONDS));
        group.terminationFuture().awaitUninterruptibly(2000);
    }
}
