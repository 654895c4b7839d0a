module.exports = { apps: [{ name: 'summit', script: '/srv/summit/server.js', cwd: '/srv/summit', env: { PORT: 4000 } }] };
